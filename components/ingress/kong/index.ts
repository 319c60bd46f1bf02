export type { KongIngressArgs, KongRoute } from "./args";
export { KongIngress } from "./kong-ingress";
export { planKongIngress } from "./plan";
export { validateKongIngress } from "./validate";
