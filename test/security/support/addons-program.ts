import {
    AwsLoadBalancerController,
    AwsLoadBalancerControllerCrds,
    CertManager,
    CertManagerCrds,
    ClusterAutoscaler,
    ExternalDns,
    MetricsServer,
} from "../../../components";
import { fakeGateway } from "../../../components/testing";
import { clusterWithToken } from "./cluster";
import { labels, placement, registry } from "./settings";

/** Every add-on with every argument that gives it rights, ways out or secrets. */
export function addonsWithEverything(): void {
    const given = clusterWithToken();
    const cluster = { ...given, traits: { ...given.traits, addons: [] } };
    const common = { labels, placement, registry };
    const metrics = new MetricsServer("metrics-server", { cluster, highAvailability: true, ...common });
    const crds = new CertManagerCrds("cert-manager-crds", { cluster, labels });
    const certManager = new CertManager("cert-manager", {
        cluster: metrics.cluster,
        definitions: crds.definitions,
        caInjector: true,
        highAvailability: true,
        identity: { awsRoleArn: "arn:aws:iam::111122223333:role/dns" },
        issuers: {
            internal: { ca: {} },
            letsencrypt: {
                acme: {
                    email: "ops@example.com",
                    http: { gateway: fakeGateway(), namespaces: ["shop"] },
                    dns: [{ zones: ["example.com"], route53: { region: "eu-central-1" } }],
                    externalAccount: { keyId: "account", key: "stand-in-token" },
                },
            },
        },
        ...common,
    });
    new ExternalDns("external-dns", {
        cluster: certManager.cluster,
        provider: "webhook",
        domains: ["example.com"],
        webhook: {
            image: "registry.example.com/dns-provider:1.4.2",
            secretEnvironment: { API_KEY: "stand-in-token" },
        },
        ...common,
    });
    const onAws = { ...cluster, traits: { ...cluster.traits, cloud: "aws" as const } };
    const balancerCrds = new AwsLoadBalancerControllerCrds("load-balancer-crds", { cluster, labels });
    new AwsLoadBalancerController("load-balancers", {
        cluster: onAws,
        clusterName: "production",
        region: "eu-central-1",
        vpcId: "vpc-0a1b2c3d4e5f60718",
        definitions: balancerCrds.definitions,
        awsRoleArn: "arn:aws:iam::111122223333:role/load-balancers",
        highAvailability: true,
        ...common,
    });
    new ClusterAutoscaler("cluster-autoscaler", {
        cluster: { ...cluster, traits: { ...cluster.traits, cloud: "aws" } },
        clusterName: "production",
        region: "eu-central-1",
        highAvailability: true,
        awsRoleArn: "arn:aws:iam::111122223333:role/autoscaler",
        ...common,
    });
}
