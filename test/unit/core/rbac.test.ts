import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import type { Fault } from "../../../components/core/errors";
import { checkPermissions, groupPermissions, type Permission } from "../../../components/core/rbac";
import { Checks } from "../../../components/core/validation";
import { HardenedDeployment } from "../../../components/core/workload";
import { record, type Recording } from "../support/mocks";
import { webArgs } from "./support/workloads";

const pods: Permission = { apiGroups: [""], resources: ["pods"], verbs: ["get"] };
const api = "kubernetes:rbac.authorization.k8s.io/v1";

function grant(...permissions: Permission[]): Promise<Recording<unknown>> {
    return record(() => new HardenedDeployment("web", { ...webArgs(), permissions }));
}

function faults(...permissions: Permission[]): Fault[] {
    const checks = new Checks();
    checkPermissions(checks, "permissions", permissions);
    return checks.faults;
}

describe("permissions", () => {
    it("hold in the workload's own namespace when nothing is said", async () => {
        const recording = await grant(pods);

        const role = recording.only(`${api}:Role`);
        assert.equal(role.name, "web");
        assert.equal(role.inputs.metadata.name, "web");
        assert.equal(role.inputs.metadata.namespace, "apps");
        assert.deepEqual(role.inputs.rules, [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }]);
        const binding = recording.only(`${api}:RoleBinding`);
        assert.deepEqual(binding.inputs.roleRef, {
            apiGroup: "rbac.authorization.k8s.io",
            kind: "Role",
            name: "web",
        });
        assert.deepEqual(binding.inputs.subjects, [{ kind: "ServiceAccount", name: "web", namespace: "apps" }]);
        assert.deepEqual(recording.ofType(`${api}:ClusterRole`), []);
    });

    it("in other namespaces carry the workload's namespace in their names, so that two instances don't meet", async () => {
        const recording = await grant({ ...pods, namespaces: ["functions", pulumi.output("more"), "apps"] });

        assert.deepEqual(
            recording
                .ofType(`${api}:Role`)
                .map(({ name, inputs }) => [name, inputs.metadata.namespace as string, inputs.metadata.name as string])
                .sort(),
            [
                ["web", "apps", "web"],
                ["web-in-1", "more", "apps-web"],
                ["web-in-functions", "functions", "apps-web"],
            ],
        );
        const foreign = recording.only(`${api}:RoleBinding`, "web-in-functions");
        assert.equal(foreign.inputs.roleRef.name, "apps-web");
        assert.deepEqual(foreign.inputs.subjects, [{ kind: "ServiceAccount", name: "web", namespace: "apps" }]);
    });

    it("for the whole cluster become a ClusterRole that carries the namespace in its name", async () => {
        const recording = await grant(
            { apiGroups: [""], resources: ["nodes"], verbs: ["list"], clusterWide: true },
            { nonResourceUrls: ["/metrics"], verbs: ["get"], clusterWide: true },
        );

        const role = recording.only(`${api}:ClusterRole`);
        assert.equal(role.inputs.metadata.name, "apps-web");
        assert.equal("namespace" in role.inputs.metadata, false);
        assert.deepEqual(role.inputs.rules, [
            { apiGroups: [""], resources: ["nodes"], verbs: ["list"] },
            { nonResourceURLs: ["/metrics"], verbs: ["get"] },
        ]);
        const binding = recording.only(`${api}:ClusterRoleBinding`);
        assert.equal(binding.inputs.roleRef.kind, "ClusterRole");
        assert.equal(binding.inputs.roleRef.name, "apps-web");
        assert.deepEqual(recording.ofType(`${api}:Role`), []);
    });

    it("for the same objects become one rule with all their verbs", () => {
        const [group, ...others] = groupPermissions(
            [
                { apiGroups: ["", "apps"], resources: ["pods"], verbs: ["get", "list"] },
                { apiGroups: ["apps", ""], resources: ["pods"], verbs: ["watch", "get"] },
                { apiGroups: [""], resources: ["pods"], verbs: ["delete"], resourceNames: ["web-0"] },
                { apiGroups: [""], resources: ["pods"], verbs: ["get"], namespaces: ["apps"] },
            ],
            "apps",
        );
        assert.deepEqual(others, []);
        assert.deepEqual(group!.rules, [
            { apiGroups: ["", "apps"], resources: ["pods"], verbs: ["get", "list", "watch"] },
            { apiGroups: [""], resources: ["pods"], verbs: ["delete"], resourceNames: ["web-0"] },
            { apiGroups: [""], resources: ["pods"], verbs: ["get"] },
        ]);
    });

    const messages: [string, Permission, string[]][] = [
        [
            "neither resources nor paths",
            { verbs: ["get"] },
            ['permissions[0].resources is missing; give one of "resources" and "nonResourceUrls"'],
        ],
        [
            "resources without their group",
            { resources: ["pods"], verbs: ["get"] },
            ['permissions[0].apiGroups is missing; give the group of the resources, which is "" for the core group'],
        ],
        [
            "paths in one namespace only",
            { nonResourceUrls: ["/metrics"], verbs: ["get"] },
            ["permissions[0].nonResourceUrls hold only for the whole cluster; set clusterWide: true"],
        ],
        [
            "namespaces and the whole cluster",
            { ...pods, clusterWide: true, namespaces: ["a"] },
            ["permissions[0].namespaces can't go together with clusterWide, which holds in all of them; leave one out"],
        ],
        [
            "a verb by which more can be had",
            { ...pods, verbs: ["bind"] },
            [
                'permissions[0].verbs[0] is "bind", by which more rights can be had; ' +
                    "leave it out, or set allowEscalation: true",
            ],
        ],
        [
            "names for what has no name yet",
            { ...pods, verbs: ["create"], resourceNames: ["a"] },
            [
                'permissions[0].verbs[0] is "create", which no name can limit; give it in a permission without resourceNames',
            ],
        ],
        [
            "everything",
            { apiGroups: ["*"], resources: ["*/scale"], verbs: ["*"] },
            ["verbs[0]", "apiGroups[0]", "resources[0]"]
                .sort()
                .map(
                    (path) =>
                        `permissions[0].${path} is "${path.startsWith("resources") ? "*/scale" : "*"}", ` +
                        "which covers what nobody thought of; name each, or set allowWildcards: true",
                ),
        ],
        ["no verbs", { ...pods, verbs: [] }, ["permissions[0].verbs is empty; give at least one entry"]],
    ];
    for (const [what, permission, expected] of messages) {
        it(`are refused with the way out: ${what}`, () => {
            const found = faults(permission).map(({ propertyPath, reason }) => `${propertyPath} ${reason}`);
            assert.deepEqual(found.sort(), expected);
        });
    }

    it("are refused when a verb is misspelt", () => {
        assert.match(faults({ ...pods, verbs: ["lst"] })[0]!.reason, /^is "lst", .*; did you mean "list"\?$/);
    });

    it("with wildcards or escalating verbs pass when an argument says so", () => {
        assert.deepEqual(faults({ apiGroups: ["*"], resources: ["*"], verbs: ["*"], allowWildcards: true }), []);
        assert.deepEqual(faults({ ...pods, verbs: ["impersonate"], allowEscalation: true }), []);
    });
});
