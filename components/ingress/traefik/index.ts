export type { TraefikIngressArgs } from "./args";
export { planTraefikIngress } from "./plan";
export { TraefikIngress } from "./traefik-ingress";
export { validateTraefikIngress } from "./validate";
