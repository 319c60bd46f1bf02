export {
    FrameOptions,
    IngressExposure,
    type IngressLoadBalancer,
    type IngressNodePorts,
    type IngressTimeouts,
    type IngressTls,
    type SecurityHeaders,
    TlsVersion,
    type TraefikIngressArgs,
} from "./args";
export { planTraefikIngress } from "./plan";
export { TraefikIngress } from "./traefik-ingress";
export { validateTraefikIngress } from "./validate";
