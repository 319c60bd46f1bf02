import assert from "node:assert/strict";
import { type GkeClusterArgs, GkeMode } from "../../../../components/gcp";
import { gkeCluster, types } from "./support";

/** The inputs of the cluster resource. */
async function inputs(args: Partial<GkeClusterArgs> = {}): Promise<Record<string, unknown>> {
    return (await gkeCluster(args)).only(types.cluster).inputs;
}

describe("GkeCluster", () => {
    it("is a cluster with a network, a key, an identity of its nodes and a pool, and nothing else", async () => {
        const recording = await gkeCluster();
        assert.deepEqual(
            recording.summary(),
            [
                "gcp:compute/firewall:Firewall prod-webhooks",
                "gcp:compute/network:Network prod",
                "gcp:compute/router:Router prod",
                "gcp:compute/routerNat:RouterNat prod",
                "gcp:compute/subnetwork:Subnetwork prod",
                "gcp:container/cluster:Cluster prod",
                "gcp:container/nodePool:NodePool prod-general",
                "gcp:kms/cryptoKey:CryptoKey prod-secrets",
                "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember prod-secrets",
                "gcp:kms/keyRing:KeyRing prod-secrets",
                "gcp:projects/iAMMember:IAMMember prod-images-acme-prod",
                "gcp:projects/iAMMember:IAMMember prod-nodes",
                "gcp:projects/serviceIdentity:ServiceIdentity prod-gke-agent",
                "gcp:serviceaccount/account:Account prod-nodes",
                "kubernetes-faas:index:GkeCluster prod",
                "random:index/randomId:RandomId prod-identity",
            ].sort(),
        );
        assert.deepEqual(recording.calls, [], "a preview needs no credentials");
    });

    it("is private, encrypted, audited and upgraded by itself without being told", async () => {
        assert.deepEqual(await inputs(), {
            project: "acme-prod",
            location: "europe-west3",
            name: "prod",
            minMasterVersion: "1.36",
            network: "https://www.googleapis.com/compute/v1/prod",
            subnetwork: "https://www.googleapis.com/compute/v1/prod",
            networkingMode: "VPC_NATIVE",
            ipAllocationPolicy: {
                clusterSecondaryRangeName: "pods",
                servicesSecondaryRangeName: "services",
                stackType: "IPV4",
            },
            resourceLabels: { "managed-by": "kubernetes-faas" },
            deletionProtection: true,
            databaseEncryption: { state: "ENCRYPTED", keyName: "prod-secrets-id" },
            masterAuth: { clientCertificateConfig: { issueClientCertificate: false } },
            enableLegacyAbac: false,
            anonymousAuthenticationConfig: { mode: "LIMITED" },
            rbacBindingConfig: {
                enableInsecureBindingSystemAuthenticated: false,
                enableInsecureBindingSystemUnauthenticated: false,
            },
            securityPostureConfig: { mode: "BASIC", vulnerabilityMode: "VULNERABILITY_DISABLED" },
            privateClusterConfig: {
                enablePrivateNodes: true,
                enablePrivateEndpoint: true,
                masterIpv4CidrBlock: "172.16.0.0/28",
            },
            controlPlaneEndpointsConfig: {
                dnsEndpointConfig: {
                    allowExternalTraffic: true,
                    enableK8sTokensViaDns: false,
                    enableK8sCertsViaDns: false,
                },
                ipEndpointsConfig: { enabled: false },
            },
            releaseChannel: { channel: "REGULAR" },
            maintenancePolicy: {
                recurringWindow: {
                    startTime: "2024-01-06T02:00:00Z",
                    endTime: "2024-01-06T08:00:00Z",
                    recurrence: "FREQ=WEEKLY;BYDAY=SA,SU",
                },
            },
            loggingConfig: {
                enableComponents: ["SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER"],
            },
            monitoringConfig: {
                enableComponents: [
                    ...["SYSTEM_COMPONENTS", "APISERVER", "SCHEDULER", "CONTROLLER_MANAGER", "STORAGE", "HPA", "POD"],
                    ...["DAEMONSET", "DEPLOYMENT", "STATEFULSET", "KUBELET", "CADVISOR"],
                ],
                managedPrometheus: { enabled: true },
                advancedDatapathObservabilityConfig: { enableMetrics: true, enableRelay: false },
            },
            costManagementConfig: { enabled: true },
            ignoreNodeCountChanges: true,
            removeDefaultNodePool: true,
            initialNodeCount: 1,
            nodeConfig: {
                serviceAccount: "prod-nodes@acme-prod.iam.gserviceaccount.com",
                oauthScopes: ["https://www.googleapis.com/auth/cloud-platform"],
                shieldedInstanceConfig: { enableSecureBoot: true, enableIntegrityMonitoring: true },
            },
            nodePoolDefaults: { nodeConfigDefaults: { insecureKubeletReadonlyPortEnabled: "FALSE" } },
            enableShieldedNodes: true,
            workloadIdentityConfig: { workloadPool: "acme-prod.svc.id.goog" },
            datapathProvider: "ADVANCED_DATAPATH",
            enableIntranodeVisibility: true,
            enableL4IlbSubsetting: true,
            dnsConfig: { clusterDns: "KUBE_DNS" },
            addonsConfig: {
                dnsCacheConfig: { enabled: false },
                gcePersistentDiskCsiDriverConfig: { enabled: true },
                horizontalPodAutoscaling: { disabled: false },
                httpLoadBalancing: { disabled: false },
            },
            serviceExternalIpsConfig: { enabled: false },
        });
    });

    it("opens the public endpoint to the allow-list and to nobody else", async () => {
        const open = await inputs({ apiServer: { allowFrom: ["203.0.113.0/24"], privateFrom: ["10.200.0.0/16"] } });
        assert.deepEqual(open.masterAuthorizedNetworksConfig, {
            cidrBlocks: [
                { cidrBlock: "203.0.113.0/24", displayName: "allowFrom 1" },
                { cidrBlock: "10.200.0.0/16", displayName: "privateFrom 1" },
            ],
            gcpPublicCidrsAccessEnabled: false,
            privateEndpointEnforcementEnabled: true,
        });
        assert.deepEqual(open.privateClusterConfig, {
            enablePrivateNodes: true,
            enablePrivateEndpoint: false,
            masterIpv4CidrBlock: "172.16.0.0/28",
            masterGlobalAccessConfig: { enabled: true },
        });
        assert.deepEqual(open.controlPlaneEndpointsConfig, {
            dnsEndpointConfig: {
                allowExternalTraffic: false,
                enableK8sTokensViaDns: false,
                enableK8sCertsViaDns: false,
            },
            ipEndpointsConfig: { enabled: true },
        });
    });

    it("has no public endpoint where only private networks come in, and lets in those alone", async () => {
        const closed = await inputs({ apiServer: { privateFrom: ["10.200.0.0/16"] } });
        assert.equal((closed.privateClusterConfig as { enablePrivateEndpoint: boolean }).enablePrivateEndpoint, true);
        assert.deepEqual((closed.masterAuthorizedNetworksConfig as { cidrBlocks: unknown }).cidrBlocks, [
            { cidrBlock: "10.200.0.0/16", displayName: "privateFrom 1" },
        ]);
    });

    it("lets everybody come to the API server only when that is said, and writes it down", async () => {
        const open = await inputs({ apiServer: { allowFromAnywhere: true } });
        assert.deepEqual((open.masterAuthorizedNetworksConfig as { cidrBlocks: unknown }).cidrBlocks, [
            { cidrBlock: "0.0.0.0/0", displayName: "everywhere" },
        ]);
    });

    it("gives Google the version without the v before it, and so says the contract", async () => {
        const recording = await gkeCluster({ kubernetesVersion: "v1.36" });
        assert.equal(recording.only(types.cluster).inputs.minMasterVersion, "1.36");
        assert.equal(recording.result.cluster.kubernetesVersion, "1.36");
    });

    it("has its nodes in exactly the zones that are named where its control planes are in the whole region", async () => {
        const zones = ["europe-west3-a", "europe-west3-b"];
        assert.deepEqual((await inputs({ zones })).nodeLocations, zones);
        assert.deepEqual((await inputs({ zone: "europe-west3-a", zones: ["europe-west3-a"] })).nodeLocations, []);
    });

    it("takes every choice that its arguments offer", async () => {
        const chosen = await inputs({
            zone: "europe-west3-a",
            zones: ["europe-west3-a", "europe-west3-b"],
            clusterName: "shop",
            releaseChannel: "EXTENDED",
            maintenanceWindow: { days: ["Wednesday", "Monday"], startTime: "22:30", hours: 8 },
            apiServer: { dnsEndpoint: true, dnsEndpointTokens: true },
            deletionProtection: false,
            logs: ["SYSTEM_COMPONENTS"],
            metrics: ["SYSTEM_COMPONENTS", "POD"],
            managedPrometheus: false,
            dnsCache: true,
            securityGroup: "gke-security-groups@example.com",
            binaryAuthorization: true,
            labels: { team: "platform" },
        });
        assert.equal(chosen.location, "europe-west3-a");
        assert.deepEqual(chosen.nodeLocations, ["europe-west3-b"], "without the control plane's zone, which GKE adds");
        assert.equal(chosen.name, "shop");
        assert.deepEqual(chosen.releaseChannel, { channel: "EXTENDED" });
        assert.deepEqual(chosen.maintenancePolicy, {
            recurringWindow: {
                startTime: "2024-01-01T22:30:00Z",
                endTime: "2024-01-02T06:30:00Z",
                recurrence: "FREQ=WEEKLY;BYDAY=MO,WE",
            },
        });
        assert.equal(
            (chosen.controlPlaneEndpointsConfig as { dnsEndpointConfig: Record<string, unknown> }).dnsEndpointConfig
                .enableK8sTokensViaDns,
            true,
        );
        assert.equal(chosen.deletionProtection, false);
        assert.deepEqual(chosen.loggingConfig, { enableComponents: ["SYSTEM_COMPONENTS"] });
        assert.deepEqual(chosen.monitoringConfig, {
            enableComponents: ["SYSTEM_COMPONENTS", "POD"],
            managedPrometheus: { enabled: false },
            advancedDatapathObservabilityConfig: { enableMetrics: true, enableRelay: false },
        });
        assert.deepEqual((chosen.addonsConfig as { dnsCacheConfig: unknown }).dnsCacheConfig, { enabled: true });
        assert.deepEqual(chosen.authenticatorGroupsConfig, { securityGroup: "gke-security-groups@example.com" });
        assert.deepEqual(chosen.binaryAuthorization, { evaluationMode: "PROJECT_SINGLETON_POLICY_ENFORCE" });
        assert.deepEqual(chosen.resourceLabels, { team: "platform", "managed-by": "kubernetes-faas" });
    });

    it("takes project and region from the stack's configuration, as the provider does", async () => {
        const recording = await gkeCluster(
            { project: undefined, region: undefined },
            { config: { "gcp:project": "acme-dev", "gcp:region": "us-central1" } },
        );
        const { project, location } = recording.only(types.cluster).inputs;
        assert.deepEqual([project, location], ["acme-dev", "us-central1"]);
        assert.equal(recording.only(types.subnetwork).inputs.region, "us-central1");
    });

    it("changes one input of one resource, and replaces nothing, when the version goes up", async () => {
        const [before, after] = [await gkeCluster({ kubernetesVersion: "1.35" }), await gkeCluster()];
        const changed = after.resources.flatMap((resource, index) => {
            const earlier = before.resources[index]!;
            assert.deepEqual([resource.type, resource.name], [earlier.type, earlier.name]);
            const keys = Object.keys({ ...earlier.inputs, ...resource.inputs });
            return keys
                .filter((key) => JSON.stringify(earlier.inputs[key]) !== JSON.stringify(resource.inputs[key]))
                .map((key) => `${resource.type} ${key}`);
        });
        assert.deepEqual(changed, [`${types.cluster} minMasterVersion`]);
    });

    it("never holds node pools inline, whose edit would replace the cluster, and ignores what GKE reports of the first one", async () => {
        const cluster = (await gkeCluster()).only(types.cluster);
        assert.equal("nodePools" in cluster.inputs, false);
        assert.deepEqual(cluster.options.ignoreChanges, ["nodeConfig", "initialNodeCount"]);
        assert.equal(cluster.options.deleteBeforeReplace, true);
    });

    it("is protected with its key until somebody says otherwise, and protects nothing that an edit has to replace", async () => {
        const shielded = (await gkeCluster()).resources.filter(({ options }) => options.protect);
        assert.deepEqual(
            shielded.map(({ type }) => type),
            [types.key, types.cluster],
        );
        const free = (await gkeCluster({ deletionProtection: false })).resources.filter(
            ({ options }) => options.protect,
        );
        assert.deepEqual(free, []);
    });
});

describe("GkeCluster in Autopilot", () => {
    const autopilot: Partial<GkeClusterArgs> = { mode: GkeMode.Autopilot };

    it("leaves to Google what Autopilot decides, which the provider would refuse", async () => {
        const cluster = (await gkeCluster(autopilot)).only(types.cluster).inputs;
        const standardOnly = [
            ...["removeDefaultNodePool", "initialNodeCount", "nodeConfig", "nodeLocations", "nodePoolDefaults"],
            ...["enableShieldedNodes", "enableIntranodeVisibility", "datapathProvider", "workloadIdentityConfig"],
            ...["addonsConfig", "dnsConfig", "enableL4IlbSubsetting", "serviceExternalIpsConfig"],
        ];
        assert.deepEqual(
            standardOnly.filter((key) => key in cluster),
            [],
        );
        assert.equal(cluster.enableAutopilot, true);
        assert.deepEqual(cluster.clusterAutoscaling, {
            autoProvisioningDefaults: {
                serviceAccount: "prod-nodes@acme-prod.iam.gserviceaccount.com",
                oauthScopes: ["https://www.googleapis.com/auth/cloud-platform"],
            },
        });
        assert.deepEqual(cluster.nodePoolAutoConfig, {
            nodeKubeletConfig: { insecureKubeletReadonlyPortEnabled: "FALSE" },
        });
    });

    it("keeps every guard that does not belong to nodes", async () => {
        const nodes = new Set([
            ...["removeDefaultNodePool", "initialNodeCount", "nodeConfig", "nodePoolDefaults", "enableShieldedNodes"],
            ...["enableIntranodeVisibility", "datapathProvider", "workloadIdentityConfig", "addonsConfig", "dnsConfig"],
            ...["enableL4IlbSubsetting", "serviceExternalIpsConfig"],
        ]);
        const standard = Object.entries(await inputs()).filter(([key]) => !nodes.has(key));
        const cluster = await inputs(autopilot);
        assert.deepEqual(
            Object.fromEntries(standard.map(([key]) => [key, cluster[key]])),
            Object.fromEntries(standard),
        );
    });

    it("has no node pools, and asks the nodes' own DNS cache", async () => {
        const recording = await gkeCluster(autopilot);
        assert.deepEqual(recording.ofType(types.nodePool), []);
        assert.deepEqual(recording.result.cluster.traits.dns, {
            namespace: "kube-system",
            podSelector: { "k8s-app": "node-local-dns" },
            cidrs: ["169.254.20.10/32"],
        });
    });
});
