import assert from "node:assert/strict";
import { Deletion } from "../../../components/core/deletion";
import {
    HardenedNamespace,
    validateHardenedNamespace,
    type HardenedNamespaceArgs,
} from "../../../components/core/namespace";
import {
    PodSecurityException,
    podSecurityExceptions,
    PodSecurityLevel,
    podSecurityLabels,
} from "../../../components/core/pod-security";
import { testCluster } from "../support/cluster";
import { record, valueOf, type Recording } from "../support/mocks";
import { paths } from "./support/workloads";

const policyType = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

function make(args: Partial<HardenedNamespaceArgs> = {}): Promise<Recording<HardenedNamespace>> {
    return record(() => new HardenedNamespace("apps", { cluster: testCluster(), ...args }));
}

describe("HardenedNamespace", () => {
    it('enforces "restricted" at its latest version, and warns and audits by it too', async () => {
        const { labels } = (await make()).only("kubernetes:core/v1:Namespace").inputs.metadata;
        assert.deepEqual(labels, {
            "app.kubernetes.io/name": "namespace",
            "app.kubernetes.io/instance": "apps",
            "app.kubernetes.io/managed-by": "kubernetes-faas",
            "pod-security.kubernetes.io/enforce": "restricted",
            "pod-security.kubernetes.io/enforce-version": "latest",
            "pod-security.kubernetes.io/audit": "restricted",
            "pod-security.kubernetes.io/audit-version": "latest",
            "pod-security.kubernetes.io/warn": "restricted",
            "pod-security.kubernetes.io/warn-version": "latest",
        });
    });

    it("denies all traffic but DNS, and takes the default ServiceAccount its token", async () => {
        const recording = await make();

        assert.deepEqual(recording.summary(), [
            "kubernetes-faas:index:HardenedNamespace apps",
            "kubernetes:core/v1:Namespace apps",
            "kubernetes:core/v1:ServiceAccountPatch apps-default",
            "kubernetes:networking.k8s.io/v1:NetworkPolicy apps-deny-all",
            "kubernetes:networking.k8s.io/v1:NetworkPolicy apps-dns",
        ]);
        assert.deepEqual(recording.only(policyType, "apps-deny-all").inputs.spec, {
            podSelector: {},
            policyTypes: ["Ingress", "Egress"],
        });
        assert.deepEqual(recording.only(policyType, "apps-dns").inputs.spec, {
            podSelector: {},
            policyTypes: ["Ingress", "Egress"],
            ingress: [],
            egress: [
                {
                    to: [
                        {
                            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
                            podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
                        },
                    ],
                    ports: [
                        { protocol: "UDP", port: 53 },
                        { protocol: "TCP", port: 53 },
                    ],
                },
            ],
        });
        const account = recording.only("kubernetes:core/v1:ServiceAccountPatch").inputs;
        assert.deepEqual(account.metadata, { name: "default", namespace: "apps" });
        assert.equal(account.automountServiceAccountToken, false);
        for (const child of recording.childrenOf("apps")) {
            assert.equal(child.provider, "test-cluster", child.name);
            assert.equal(child.options.protect, false, child.name);
            assert.equal(child.options.retainOnDelete, false, child.name);
        }
        assert.equal(await valueOf(recording.result.name), "apps");
    });

    it("makes a quota and bounds for containers when asked", async () => {
        const recording = await make({
            resourceName: "team-a",
            quota: { "requests.cpu": "20", pods: "50" },
            containerBounds: {
                defaultRequests: { cpu: "50m", ephemeralStorage: "64Mi" },
                defaultLimits: { memory: "256Mi" },
                maximum: { memory: "4Gi" },
            },
        });
        const quota = recording.only("kubernetes:core/v1:ResourceQuota").inputs;
        assert.equal(quota.metadata.namespace, "team-a");
        assert.deepEqual(quota.spec, { hard: { "requests.cpu": "20", pods: "50" } });
        assert.deepEqual(recording.only("kubernetes:core/v1:LimitRange").inputs.spec.limits, [
            {
                type: "Container",
                defaultRequest: { cpu: "50m", "ephemeral-storage": "64Mi" },
                default: { memory: "256Mi" },
                max: { memory: "4Gi" },
            },
        ]);
    });

    it("lets `deletion` reach the namespace itself only", async () => {
        const expected: [Deletion, boolean, boolean][] = [
            [Deletion.Delete, false, false],
            [Deletion.Retain, false, true],
            [Deletion.Protect, true, false],
        ];
        for (const [deletion, protect, retainOnDelete] of expected) {
            for (const child of (await make({ deletion })).childrenOf("apps")) {
                const isNamespace = child.type === "kubernetes:core/v1:Namespace";
                assert.equal(child.options.protect, isNamespace && protect, child.name);
                assert.equal(child.options.retainOnDelete, isNamespace && retainOnDelete, child.name);
            }
        }
    });

    it("enforces less only for an exception of the table, and goes on warning", () => {
        for (const exception of Object.values(PodSecurityException)) {
            const labels = podSecurityLabels(exception);
            const { level, reason } = podSecurityExceptions[exception];
            assert.equal(labels["pod-security.kubernetes.io/enforce"], level);
            assert.notEqual(level, PodSecurityLevel.Restricted);
            assert.ok(reason.length > 20, exception);
            assert.equal(labels["pod-security.kubernetes.io/warn"], "restricted");
            assert.equal(labels["pod-security.kubernetes.io/audit"], "restricted");
        }
    });

    it("refuses arguments that are wrong, all at once", () => {
        const args = {
            cluster: testCluster(),
            labels: { "pod-security.kubernetes.io/enforce": "privileged" },
            podSecurityException: "anything",
            quota: {},
            containerBounds: { maximum: { memory: "1GB" } },
            deletion: "keep",
        } as unknown as HardenedNamespaceArgs;
        const found = validateHardenedNamespace("Apps", args);
        assert.deepEqual(paths(found), [
            "name",
            'labels["pod-security.kubernetes.io/enforce"]',
            "podSecurityException",
            "quota",
            "containerBounds.maximum.memory",
            "deletion",
        ]);
        assert.equal(
            found[1]!.reason,
            "sets the Pod Security level by hand; leave it out, or name a podSecurityException",
        );
    });
});
