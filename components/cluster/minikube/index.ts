export { type MinikubeClusterArgs, MinikubeDriver, MinikubeNetwork, MinikubeRuntime } from "./args";
export { describeMinikubeCluster, MinikubeCluster } from "./minikube-cluster";
export { validateMinikubeCluster } from "./validate";
