import type { OpType } from "@pulumi/pulumi/automation";
import assert from "node:assert/strict";
import type { ResourceRun, StackRun } from "../../sandbox";
import { changesInPlace, damageOf } from "./damage";

const component = "kubernetes-faas:index:HardenedDeployment";
const policy = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

/** A resource in a run; its types lead from the stack down to it. */
function resource(operation: OpType, types: string[], name: string, more: Partial<ResourceRun> = {}): ResourceRun {
    const urn = `urn:pulumi:test::shop::${types.join("$")}::${name}`;
    const steps: OpType[] = [operation];
    return { urn, type: types.at(-1)!, name, operation, steps, replaceKeys: [], detailedDiff: {}, ...more };
}

function run(...resources: ResourceRun[]): StackRun {
    return { resources, changed: resources, diagnostics: [], seconds: 0, events: [] };
}

const replaced = (type: string, steps: OpType[], replaceKeys: string[]): ResourceRun =>
    resource("replace", [component, type], "web", { steps, replaceKeys });

const newFirst: OpType[] = ["create-replacement", "replace", "delete-replaced"];

describe("What an upgrade would lose", () => {
    it("asks for an alias by name where a child has another one", () => {
        assert.deepEqual(
            damageOf(
                run(
                    resource("delete", [component, policy], "web-allow"),
                    resource("create", [component, policy], "web-ingress"),
                ),
            ),
            [
                `NetworkPolicy web-allow is deleted, and NetworkPolicy web-ingress made: give NetworkPolicy web-ingress the ` +
                    `option aliases: [{ name: "web-allow" }].`,
            ],
        );
    });

    it("asks for an alias by type where a class has another one, and says nothing of its children", () => {
        const renamed = "kubernetes-faas:index:SafeDeployment";
        assert.deepEqual(
            damageOf(
                run(
                    resource("delete", [component], "web"),
                    resource("delete", [component, policy], "web"),
                    resource("delete", [component, policy], "web-dns"),
                    resource("create", [renamed], "web"),
                    resource("create", [renamed, policy], "web"),
                ),
            ),
            [
                `HardenedDeployment web is deleted, and SafeDeployment web made: give SafeDeployment web the option ` +
                    `aliases: [{ type: "${component}" }].`,
            ],
        );
    });

    it("asks for an alias by parent where a resource has moved", () => {
        const [message] = damageOf(
            run(resource("delete", [component, policy], "web"), resource("create", [policy], "web")),
        );
        assert.match(
            message!,
            /aliases: \[\{ parent: URN_OF_THE_OLD_PARENT \}\], whose types were .*HardenedDeployment/,
        );
    });

    it("names what nothing takes the place of, also what stays in the cluster without its stack", () => {
        for (const operation of ["delete", "discard"] as const) {
            const [message] = damageOf(run(resource(operation, [policy], "web")));
            assert.match(message!, /^NetworkPolicy web is deleted\. .*make it again under the name "web"\.$/);
        }
    });

    it("includes every replacement, but of what rolls and of certificates whose time has come", () => {
        const rolls = ["core/v1:ConfigMap", "core/v1:Secret", "batch/v1:Job", "fission.io/v1:Package"];
        const harmless = [
            ...rolls.map((type) => replaced(`kubernetes:${type}`, newFirst, ["data"])),
            replaced("tls:index/selfSignedCert:SelfSignedCert", newFirst, ["readyForRenewal"]),
        ];
        assert.deepEqual(damageOf(run(...harmless)), []);
        assert.equal(changesInPlace(run(...harmless)).length, harmless.length);

        const deletedFirst: OpType[] = ["delete-replaced", "replace", "create-replacement"];
        const harmful = [
            replaced("kubernetes:core/v1:Secret", deletedFirst, ["type"]),
            replaced("kubernetes:apps/v1:StatefulSet", newFirst, ["spec.serviceName"]),
            replaced("tls:index/selfSignedCert:SelfSignedCert", newFirst, ["subject"]),
        ];
        assert.equal(damageOf(run(...harmful)).length, harmful.length);
    });
});
