import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Deletion } from "../../../components/core/deletion";
import {
    HardenedStatefulSet,
    PodManagement,
    PodReplacement,
    type HardenedStatefulSetArgs,
} from "../../../components/core/workload";
import { testCluster } from "../support/cluster";
import { record, valueOf, type Recording } from "../support/mocks";
import { assertPodSecurity } from "../support/pods";
import { webArgs, webContainer } from "./support/workloads";

const claimType = "kubernetes:core/v1:PersistentVolumeClaim";
const setType = "kubernetes:apps/v1:StatefulSet";
const componentType = "kubernetes-faas:index:HardenedStatefulSet";

function storeArgs(args: Partial<HardenedStatefulSetArgs> = {}): HardenedStatefulSetArgs {
    return {
        ...webArgs(),
        app: "store",
        claims: [{ name: "data", size: "10Gi" }],
        containers: [webContainer({ mounts: [{ volume: "data", path: "/data" }] })],
        ...args,
    };
}

function store(args: Partial<HardenedStatefulSetArgs> = {}): Promise<Recording<HardenedStatefulSet>> {
    return record(() => new HardenedStatefulSet("store", storeArgs(args)));
}

describe("HardenedStatefulSet", () => {
    it("makes a claim for each pod, a headless Service, and the workload below itself", async () => {
        const recording = await store({ replicas: 2, service: {} });

        assert.deepEqual(recording.summary(), [
            "kubernetes-faas:index:HardenedStatefulSet store",
            "kubernetes:apps/v1:StatefulSet store",
            "kubernetes:core/v1:PersistentVolumeClaim store-data-0",
            "kubernetes:core/v1:PersistentVolumeClaim store-data-1",
            "kubernetes:core/v1:Service store",
            "kubernetes:core/v1:Service store-headless",
            "kubernetes:core/v1:ServiceAccount store",
            "kubernetes:networking.k8s.io/v1:NetworkPolicy store",
            "kubernetes:policy/v1:PodDisruptionBudget store",
        ]);
        assertPodSecurity(recording.resources);
    });

    it("rolls on once a pod has stayed ready for as long as asked, and at once where nobody asks", async () => {
        const asked = await store({ minReadySeconds: 15 });
        assert.equal(asked.only(setType).inputs.spec.minReadySeconds, 15);
        const silent = await store();
        assert.ok(!("minReadySeconds" in silent.only(setType).inputs.spec));
    });

    it("names the claims as the StatefulSet's controller does, so that it takes them", async () => {
        const recording = await store({ replicas: 2, resourceName: "db" });

        assert.deepEqual(
            recording.ofType(claimType).map(({ inputs }) => inputs.metadata.name as string),
            ["data-db-0", "data-db-1"],
        );
        assert.deepEqual(recording.only(claimType, "store-data-0").inputs.spec, {
            accessModes: ["ReadWriteOnce"],
            storageClassName: "standard",
            resources: { requests: { storage: "10Gi" } },
        });
        assert.deepEqual(recording.only(claimType, "store-data-0").inputs.metadata.annotations, {
            "pulumi.com/skipAwait": "true",
        });
        const { spec } = recording.only(setType).inputs;
        assert.deepEqual(spec.volumeClaimTemplates, [
            { metadata: { name: "data" }, spec: recording.only(claimType, "store-data-0").inputs.spec },
        ]);
        assert.deepEqual(spec.template.spec.containers[0].volumeMounts[0], { name: "data", mountPath: "/data" });
    });

    it("lets `deletion` reach the claims and nothing else; protects them when nothing is said", async () => {
        const expected: [Deletion | undefined, boolean, boolean][] = [
            [undefined, true, false],
            [Deletion.Protect, true, false],
            [Deletion.Retain, false, true],
            [Deletion.Delete, false, false],
        ];
        for (const [deletion, protect, retainOnDelete] of expected) {
            const recording = await store({ deletion });
            for (const child of recording.childrenOf("store")) {
                const isClaim = child.type === claimType;
                assert.equal(child.options.protect, isClaim && protect, `${child.type} with ${deletion}`);
                assert.equal(child.options.retainOnDelete, isClaim && retainOnDelete, `${child.type} with ${deletion}`);
            }
        }
    });

    it("keeps the claims of pods that are scaled away when it is told to", async () => {
        const recording = await store({ replicas: 0, claimedReplicas: 3 });
        assert.equal(recording.only(setType).inputs.spec.replicas, 0);
        assert.equal(recording.ofType(claimType).length, 3);
        assert.equal(recording.result.claims.length, 3);
    });

    it("lets a claim grow without touching the StatefulSet, and starts it after its claims", async () => {
        const set = (await store()).only(setType);
        assert.deepEqual(set.options.ignoreChanges, ["spec.volumeClaimTemplates[*].spec.resources.requests.storage"]);
        assert.ok(set.options.dependencies.includes("store-data-0"), String(set.options.dependencies));
    });

    it("is made anew when its update strategy changes, which Kubernetes refuses in place", async () => {
        const set = (
            await store({ podReplacement: PodReplacement.OnDelete, podManagement: PodManagement.Parallel })
        ).only(setType);
        assert.deepEqual(set.inputs.spec.updateStrategy, { type: "OnDelete" });
        assert.equal(set.inputs.spec.podManagementPolicy, "Parallel");
        assert.deepEqual(set.options.replaceOnChanges, ["spec.updateStrategy.type"]);
        assert.equal(set.options.deleteBeforeReplace, true);
    });

    it("records what its data depends on, and guards it at preview", async () => {
        const recording = await store({ namespace: pulumi.output("apps") });

        const component = recording.only(componentType);
        assert.deepEqual(component.inputs, {
            dataSizes: { "claims[data].size": "10Gi" },
            dataFixed: {
                namespace: "apps",
                resourceName: "store",
                "claims[data].storageClass": "standard",
                "claims[data].accessMode": "ReadWriteOnce",
            },
        });
        assert.deepEqual(component.options.hooks.beforeUpdate, ["kubernetes-faas:keep-data"]);
        assert.equal(recording.hooks.get("kubernetes-faas:keep-data"), true);
    });

    it("has nothing to guard without claims", async () => {
        const recording = await store({ claims: [], containers: [webContainer()] });
        assert.deepEqual(recording.only(componentType).inputs, { dataSizes: {}, dataFixed: {} });
        assert.deepEqual(recording.ofType(claimType), []);
    });

    it("takes the cluster's default storage class where the cluster names none, and keeps to that", async () => {
        const recording = await store({ cluster: testCluster({ storageClass: undefined }) });
        assert.equal("storageClassName" in recording.only(claimType).inputs.spec, false);
        assert.equal(recording.only(componentType).inputs.dataFixed["claims[data].storageClass"], "");
    });

    it("gives each pod a DNS name through the headless Service, ready or not", async () => {
        const recording = await store();
        const headless = recording.only("kubernetes:core/v1:Service", "store-headless");
        assert.equal(headless.inputs.metadata.name, "store-headless");
        assert.deepEqual(headless.inputs.spec, {
            clusterIP: "None",
            selector: { "app.kubernetes.io/name": "store", "app.kubernetes.io/instance": "store" },
            ports: [{ name: "http", port: 8080, targetPort: "http" }],
            publishNotReadyAddresses: true,
        });
        assert.equal(recording.only(setType).inputs.spec.serviceName, "store-headless");
        assert.equal(await valueOf(recording.result.headlessServiceName), "store-headless");
    });
});
