export type { AwsLoadBalancerControllerArgs } from "./aws-load-balancer-controller/args";
export { AwsLoadBalancerController } from "./aws-load-balancer-controller/aws-load-balancer-controller";
export {
    AwsLoadBalancerControllerCrds,
    type AwsLoadBalancerControllerCrdsArgs,
    validateAwsLoadBalancerControllerCrds,
} from "./aws-load-balancer-controller/aws-load-balancer-controller-crds";
export { validateAwsLoadBalancerController } from "./aws-load-balancer-controller/validate";
export {
    type AcmeDnsSolver,
    type AcmeExternalAccount,
    type AcmeHttpSolver,
    type AcmeIssuer,
    AcmeServer,
    type AzureDnsZone,
    type CertManagerArgs,
    type CertManagerClusterIssuer,
    type CloudDnsZone,
    type ClusterIssuerReference,
    type PrivateIssuer,
    type Route53Zone,
} from "./cert-manager/args";
export { CertManager } from "./cert-manager/cert-manager";
export { CertManagerCrds, type CertManagerCrdsArgs, validateCertManagerCrds } from "./cert-manager/cert-manager-crds";
export { validateCertManager } from "./cert-manager/validate";
export type { CloudIdentity } from "./cloud-identity";
export { type ClusterAutoscalerArgs, Expander, type ScaleDownArgs } from "./cluster-autoscaler/args";
export { ClusterAutoscaler } from "./cluster-autoscaler/cluster-autoscaler";
export { validateClusterAutoscaler } from "./cluster-autoscaler/validate";
export {
    type AzureDnsAccount,
    DnsPolicy,
    DnsProvider,
    DnsSource,
    type DnsWebhook,
    type ExternalDnsArgs,
} from "./external-dns/args";
export { ExternalDns } from "./external-dns/external-dns";
export { validateExternalDns } from "./external-dns/validate";
export { MetricsServer, type MetricsServerArgs, validateMetricsServer } from "./metrics-server/metrics-server";
