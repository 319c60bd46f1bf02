/** A fault, and the test that has to notice it. */
export interface PlantedFault {
    /** What is wrong with the library then. */
    title: string;
    /** The compiled file, below dist. */
    file: string;
    /** A text that is in the file once. */
    find: string;
    /** What stands there instead. */
    replace: string;
    /** The compiled test file, below dist/test. */
    testFile: string;
    /** The full title of the test. */
    test: string;
}

const security = "of Fission with everything";

/** One fault for each guarantee that nobody would notice by looking at a running platform. */
export const plantedFaults: PlantedFault[] = [
    {
        title: "a rolled ConfigMap can be edited in place, and nothing rolls",
        file: "components/core/config-objects.js",
        find: 'immutable: true, ...configContent("rolledConfig"',
        replace: '...configContent("rolledConfig"',
        testFile: "unit/core/config-objects.test.js",
        test: "rolled configuration is immutable and has no fixed name, so that another content is another object",
    },
    {
        title: "a rolled Secret can be edited in place, and nothing rolls",
        file: "components/core/config-objects.js",
        find: 'immutable: true, ...secretContent("rolledSecret"',
        replace: '...secretContent("rolledSecret"',
        testFile: "security/secrets.test.js",
        test: "Secrets can't be edited once they are there, but for the one that Fission looks for by its name",
    },
    {
        title: "namespaces are open by default",
        file: "components/core/namespace.js",
        find: "(0, policies_1.denyAll)(`${name}-deny-all`, place, { parent });",
        replace: "",
        testFile: "security/network.test.js",
        test: `The network ${security} denies everything by default in every namespace`,
    },
    {
        title: "everybody reaches the executor",
        file: "components/faas/fission/control-plane.js",
        find: 'pods: [(0, installation_1.partPods)(installation, "router")], ports: [{ port: executorPort }]',
        replace: "anyone: true, ports: [{ port: executorPort }]",
        testFile: "security/network.test.js",
        test: "The network of the local stack has the executor reached by the router only",
    },
    {
        title: "network policies go to whatever cluster kubectl points at",
        file: "components/core/network/policies.js",
        find: "provider: (0, provider_1.clusterProvider)(cluster)",
        replace: "parent: undefined",
        testFile: "security/provider.test.js",
        test: `Kubernetes objects ${security} go to the cluster that the program names, never to the current context of a kubeconfig`,
    },
    {
        title: "the kubeconfig lies in clear in the state",
        file: "components/core/provider.js",
        find: "kubeconfig: pulumi.secret(cluster.kubeconfig)",
        replace: "kubeconfig: cluster.kubeconfig",
        testFile: "security/secrets.test.js",
        test: `Secrets ${security} stand in no input of any resource that is not marked as secret, and so in no state and no preview`,
    },
    {
        title: "a rendered manifest shows secrets outside of Secrets",
        file: "components/testing/manifests.js",
        find: "secretPaths.includes(path) || ",
        replace: "",
        testFile: "unit/testing/manifests.test.js",
        test: "The manifests of a recording hide secrets wherever they are and keep the keys of a Secret",
    },
    {
        title: "processes of the platform may gain privileges",
        file: "components/core/workload/container.js",
        find: "allowPrivilegeEscalation: privileged || (weakened.allowPrivilegeEscalation ?? false)",
        replace: "allowPrivilegeEscalation: true",
        testFile: "security/pod-security.test.js",
        test: `Pods ${security} meet the level that their namespace enforces, those that Fission makes too`,
    },
    {
        title: "processes of functions may gain privileges",
        file: "components/faas/fission/pods.js",
        find: "allowPrivilegeEscalation: false",
        replace: "allowPrivilegeEscalation: true",
        testFile: "security/pod-security.test.js",
        test: `Pods ${security} meet the level that their namespace enforces, those that Fission makes too`,
    },
    {
        title: "permissions hold in the whole cluster",
        file: "components/core/rbac.js",
        find: "if (group.clusterWide) {",
        replace: "if (group) {",
        testFile: "security/permissions.test.js",
        test: `Permissions ${security} hold in single namespaces: no ClusterRole, no ClusterRoleBinding, but for the table of exceptions`,
    },
    {
        title: "every pod of an account gets its token",
        file: "components/core/workload/foundations.js",
        find: "automountServiceAccountToken: false",
        replace: "automountServiceAccountToken: true",
        testFile: "security/permissions.test.js",
        test: `Permissions ${security} are never mounted by an account itself, nor by the default account of a namespace`,
    },
    {
        title: "a volume's claim is made anew when its storage class changes",
        file: "components/core/workload/claims.js",
        find: "ignoreChanges: fixedFields,",
        replace: "",
        testFile: "unit/core/adoption.test.js",
        test: "taking over objects keeps what a claim was made with and can't change, whether it was taken over or not",
    },
    {
        title: "the object store has a console",
        file: "components/storage/minio/server.js",
        find: 'MINIO_BROWSER: "off",',
        replace: "",
        testFile: "unit/storage/minio.test.js",
        test: "MinIo closes the console, calls nobody, asks for a token for metrics, and opens one port",
    },
    {
        title: "what measures a database has the key of its administrator",
        file: "components/database/mounts.js",
        find: "return files.map((file) => ({ volume, path: `${folder}/${file}`, subPath: file, readOnly: true }));",
        replace: "return [{ volume, path: folder, readOnly: true }];",
        testFile: "unit/database/stateful-database.test.js",
        test: "StatefulDatabase shows what measures a server no key but its own",
    },
    {
        title: "images follow a branch",
        file: "components/core/images.js",
        find: "`${repository}:${tag}${",
        replace: "`${repository}:main${",
        testFile: "security/images.test.js",
        test: `Images ${security} are pinned: a version or a hash, never a tag that moves`,
    },
];
