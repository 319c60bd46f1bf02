export { type RenderedNetwork, type RenderedObject, networkFromObjects } from "./from-objects";
export { type Reach, formatMatrix, reachabilityMatrix } from "./matrix";
export type * from "./model";
export {
    type AllowArgs,
    type NetworkPolicyOptions,
    type NetworkPolicyPlace,
    allow,
    createPolicy,
    denyAll,
} from "./policies";
export { type Verdict, reachable } from "./reachable";
export {
    type NetworkTraits,
    apiServerEgress,
    dnsEgress,
    egressPolicySpec,
    ingressPolicySpec,
    ingressSpecs,
    networkPolicySpec,
} from "./render";
export {
    type EgressRule,
    type IngressRule,
    type NetworkPort,
    NetworkProtocol,
    type NetworkRules,
    validateNetworkRules,
} from "./rules";
