import type { AksClusterArgs } from "../../../../components/azure";
import { AksCluster, validateAksCluster } from "../../../../components/azure";
import { record, type RecordedResource, type Recording, type RecordOptions } from "../../support/mocks";

export const adminGroup = "1b4e28ba-2fa1-11d2-883f-0016d3cca427";
export const subscription = "/subscriptions/00000000-0000-0000-0000-000000000001";
export const resourceId = (type: string, name: string): string =>
    `${subscription}/resourceGroups/shared/providers/${type}/${name}`;
export const subnetId = (name: string): string => resourceId("Microsoft.Network/virtualNetworks/hub/subnets", name);

/** The least that makes a public cluster. */
export const minimal: AksClusterArgs = {
    location: "westeurope",
    kubernetesVersion: "1.36",
    adminGroups: [adminGroup],
    apiServer: { allowFrom: ["203.0.113.0/24"] },
    nodePools: { apps: { machineType: "Standard_D8ds_v5", minNodes: 3, maxNodes: 12 } },
};

/** What Azure's own kubeconfig says; nothing but server and authority may come out of it. */
export const kubeconfigOfAzure = JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "prod",
    clusters: [
        { name: "prod", cluster: { server: "https://prod.hcp.azmk8s.io:443", "certificate-authority-data": "Q0E=" } },
    ],
    contexts: [{ name: "prod", context: { cluster: "prod", user: "clusterUser" } }],
    users: [{ name: "clusterUser", user: { token: "token-of-azure" } }],
});

/** Outputs as Azure gives them, as far as the component reads them. */
function outputs({ type, name, inputs }: RecordedResource): Record<string, unknown> | undefined {
    switch (type) {
        case "azure-native:resources:ResourceGroup":
            return { name: inputs.resourceGroupName };
        case "azure-native:containerservice:ManagedCluster":
            return { name: inputs.resourceName };
        case "azure-native:network:VirtualNetwork":
            return { name: inputs.virtualNetworkName };
        case "azure-native:keyvault:Vault":
            return { name: inputs.vaultName };
        case "azure-native:keyvault:Key":
            return { keyUriWithVersion: "https://prod.vault.azure.net/keys/secrets/0123456789abcdef0123456789abcdef" };
        case "azure-native:network:PublicIPAddress":
            return { ipAddress: `198.51.100.${name.at(-1)}` };
        case "azure-native:managedidentity:UserAssignedIdentity":
            return { principalId: `principal-of-${name}`, clientId: `client-of-${name}`, tenantId: "tenant" };
        default:
            return undefined;
    }
}

/** Answers as Azure gives them. */
function call({ token }: { token: string }): Record<string, unknown> {
    switch (token) {
        case "azure-native:containerservice:getManagedCluster":
            return {
                resourceUID: "uid-of-prod",
                fqdn: "prod.public.example",
                oidcIssuerProfile: { issuerURL: "https://oidc.example/prod" },
            };
        case "azure-native:containerservice:listManagedClusterUserCredentials":
            return { kubeconfigs: [{ name: "clusterUser", value: Buffer.from(kubeconfigOfAzure).toString("base64") }] };
        default:
            throw new Error(`no answer for ${token}`);
    }
}

/** How Azure answers a program, for those that record one themselves. */
export const recordOptions: RecordOptions = { outputs, call };

/** What a cluster with these arguments, beside the least ones, consists of. */
export function recordAks(
    args: Partial<AksClusterArgs> = {},
    options: RecordOptions = {},
): Promise<Recording<AksCluster>> {
    return record(() => new AksCluster("prod", { ...minimal, ...args }), { ...recordOptions, ...options });
}

/** The faults of a cluster with these arguments, beside the least ones, as one line each. */
export function faultsOf(args: Partial<AksClusterArgs> = {}, name = "prod"): string[] {
    return validateAksCluster(name, { ...minimal, ...args }).map(
        ({ propertyPath, reason }) => `${propertyPath} ${reason}`,
    );
}

/** The inputs of the cluster itself. */
export async function clusterInputs(args: Partial<AksClusterArgs> = {}): Promise<RecordedResource["inputs"]> {
    return (await recordAks(args)).only("azure-native:containerservice:ManagedCluster").inputs;
}
