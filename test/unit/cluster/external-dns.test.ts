import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ExternalDns, type ExternalDnsArgs, validateExternalDns } from "../../../components/cluster";
import { testCluster } from "../support/cluster";
import { record, rejects } from "../support/mocks";
import { assertPodSecurity } from "../support/pods";

const azure = { tenantId: "t", subscriptionId: "s", resourceGroup: "g" };

function recordDns(args: Partial<ExternalDnsArgs> = {}) {
    return record(
        () =>
            new ExternalDns("external-dns", {
                cluster: testCluster({ addons: [] }),
                provider: "aws",
                domains: ["example.com"],
                ...args,
            }),
    );
}

async function pod(args: Partial<ExternalDnsArgs> = {}) {
    const recording = await recordDns(args);
    const { spec } = recording.only("kubernetes:apps/v1:Deployment").inputs;
    return { recording, deployment: spec, template: spec.template, container: spec.template.spec.containers[0] };
}

describe("ExternalDns", () => {
    it("touches the given domains only, deletes nothing, and knows its records by the cluster", async () => {
        const { container, deployment, recording } = await pod();
        assert.deepEqual(container.args, [
            "--provider=aws",
            "--source=ingress",
            "--source=service",
            "--domain-filter=example.com",
            "--policy=upsert-only",
            "--registry=txt",
            "--txt-owner-id=kubernetes-faas-cc9175a613accf55",
            "--interval=1m",
            "--events",
            "--log-format=json",
        ]);
        assert.deepEqual([deployment.replicas, deployment.strategy.type], [1, "Recreate"]);
        assertPodSecurity(recording.resources);
        assert.deepEqual(recording.result.cluster.traits.addons, ["external-dns"]);
        assert.equal(recording.result.telemetry.targets[0]!.port, 7979);
    });

    it("has another owner in another cluster, also where the identifier is known late", async () => {
        const owner = async (clusterIdentifier: pulumi.Input<string>) => {
            const { container } = await pod({ cluster: testCluster({}, { clusterIdentifier }) });
            return (container.args as string[]).find((arg) => arg.startsWith("--txt-owner-id="));
        };
        assert.notEqual(await owner("a"), await owner("b"));
        assert.equal(await owner("a"), await owner(pulumi.output("a")));
    });

    it("takes what is asked for: zones, classes, one source, an owner and deletion of what is gone", async () => {
        const { container } = await pod({
            zoneIds: ["Z1"],
            ingressClasses: ["edge"],
            sources: ["ingress"],
            ownerId: "shop",
            policy: "sync",
        });
        for (const arg of ["--zone-id-filter=Z1", "--ingress-class=edge", "--txt-owner-id=shop", "--policy=sync"]) {
            assert.ok(container.args.includes(arg), arg);
        }
        assert.ok(!container.args.includes("--source=service"));
    });

    it("only reads in the cluster, and only its sources", async () => {
        const rules = async (sources?: ExternalDnsArgs["sources"]) => {
            const { recording } = await pod({ sources });
            return recording.only("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole").inputs.rules as {
                resources: string[];
                verbs: string[];
            }[];
        };
        for (const { verbs } of await rules()) {
            assert.deepEqual(verbs, ["get", "list", "watch"]);
        }
        assert.deepEqual(
            (await rules(["ingress"])).flatMap(({ resources }) => resources),
            ["ingresses"],
        );
    });

    for (const { provider, more, identity, annotations, credentials } of [
        {
            provider: "aws" as const,
            more: {},
            identity: { awsRoleArn: "arn:aws:iam::111122223333:role/dns" },
            annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/dns" },
            credentials: ["169.254.170.23/32"],
        },
        {
            provider: "google" as const,
            more: { googleProject: "shop" },
            identity: { googleServiceAccount: "dns@shop.iam.gserviceaccount.com" },
            annotations: { "iam.gke.io/gcp-service-account": "dns@shop.iam.gserviceaccount.com" },
            credentials: ["169.254.169.252/32", "169.254.169.254/32"],
        },
        {
            provider: "azure" as const,
            more: { azure },
            identity: { azureClientId: "11111111-2222-3333-4444-555555555555" },
            annotations: { "azure.workload.identity/client-id": "11111111-2222-3333-4444-555555555555" },
            credentials: [],
        },
    ]) {
        it(`is somebody to ${provider} without a key, and reaches where it gets its credentials`, async () => {
            const { recording, template } = await pod({ provider, identity, ...more });
            const account = recording.only("kubernetes:core/v1:ServiceAccount", "external-dns-controller").inputs;
            assert.deepEqual(account.metadata.annotations, annotations);
            assert.equal(
                template.metadata.labels["azure.workload.identity/use"],
                provider === "azure" ? "true" : undefined,
            );
            const { egress } = recording.only(
                "kubernetes:networking.k8s.io/v1:NetworkPolicy",
                "external-dns-controller",
            ).inputs.spec;
            const cidrs = (egress as { to?: { ipBlock?: { cidr: string } }[] }[]).flatMap(({ to }) =>
                (to ?? []).flatMap(({ ipBlock }) => ipBlock?.cidr ?? []),
            );
            assert.deepEqual(
                cidrs.filter((cidr) => cidr.startsWith("169.254.")),
                credentials,
            );
        });
    }

    it("tells Azure's provider where the zones are, in a file without a key", async () => {
        const { recording, container } = await pod({ provider: "azure", azure });
        const settings = recording.only("kubernetes:core/v1:ConfigMap").inputs.data["azure.json"] as string;
        assert.deepEqual(JSON.parse(settings), { ...azure, useWorkloadIdentityExtension: true });
        assert.ok(
            container.volumeMounts.some(({ mountPath }: { mountPath: string }) => mountPath === "/etc/kubernetes"),
        );
    });

    it("runs another provider's own program beside it, with its key as a secret", async () => {
        const { recording, template } = await pod({
            provider: "webhook",
            webhook: {
                image: "registry.example.com/dns:1",
                environment: { ZONE: "example.com" },
                secretEnvironment: { API_KEY: "very-secret" },
            },
        });
        const [, webhook] = template.spec.containers;
        assert.deepEqual(
            webhook.env
                .map(({ name }: { name: string }) => name)
                .filter((name: string) => name !== "HOME")
                .sort(),
            ["API_KEY", "ZONE"],
        );
        assert.ok(!JSON.stringify(template).includes("very-secret"));
        assert.ok(recording.only("kubernetes:core/v1:Secret").secretPaths.length > 0);
        assertPodSecurity(recording.resources);
    });

    it("makes nothing where it exists or is not wanted", async () => {
        for (const { mode, addons } of [
            { mode: "existing" as const, addons: ["external-dns"] },
            { mode: "none" as const, addons: [] },
        ]) {
            const recording = await recordDns({ mode, provider: undefined, domains: undefined });
            assert.deepEqual(recording.summary(), ["kubernetes-faas:index:ExternalDns external-dns"]);
            assert.deepEqual(recording.result.cluster.traits.addons, addons);
            assert.deepEqual(recording.result.telemetry.targets, []);
        }
    });

    it("names every fault at once, with its path", async () => {
        const paths = (args: Partial<ExternalDnsArgs>) =>
            validateExternalDns("external-dns", { cluster: testCluster(), ...args }).map(
                ({ propertyPath }) => propertyPath,
            );
        assert.deepEqual(paths({}), ["provider", "domains"]);
        assert.deepEqual(paths({ mode: "none", policy: "sync" }), ["policy"]);
        assert.deepEqual(paths({ provider: "azure", domains: [], sources: [], ownerId: "a b", googleProject: "p" }), [
            "azure",
            "googleProject",
            "domains",
            "sources",
            "ownerId",
        ]);
        assert.deepEqual(
            paths({ provider: "webhook", domains: ["exa mple"], webhook: { image: "" }, azure, identity: {} }),
            ["azure", "domains[0]", "webhook.image", "identity.awsRoleArn"],
        );
        await rejects(
            () => new ExternalDns("dns", { cluster: testCluster(), provider: "aws" }),
            'ExternalDns dns: domains is missing; give the domains whose records it may touch: ["example.com"]',
        );
    });
});
