import assert from "node:assert/strict";
import { PodSecurityLevel, podSecurityExceptions, podSecurityViolations } from "../../components";
import { containerLists, containersOf, podsOf } from "./support/pods";
import { type Evaluated, evaluate, forEveryProgram, ofKind } from "./support/programs";

const enforceLabel = "pod-security.kubernetes.io/enforce";

/** What a namespace enforces; one that the program does not make is taken for the strictest. */
function levelOf(program: Evaluated, namespace: string | undefined): PodSecurityLevel {
    const made = ofKind(program, "Namespace").find(({ metadata }) => metadata.name === namespace);
    return (made?.metadata.labels?.[enforceLabel] ?? PodSecurityLevel.Restricted) as PodSecurityLevel;
}

describe("Pods", () => {
    forEveryProgram((program) => {
        it("are all found by these tests", () => {
            const { objects } = program();

            const lists = objects.reduce((sum, object) => sum + containerLists(object), 0);
            assert.ok(lists > 0);
            assert.equal(podsOf(objects).length, lists);
        });

        it("meet the level that their namespace enforces, those that Fission makes too", () => {
            for (const { title, object, spec } of podsOf(program().objects)) {
                const level = levelOf(program(), object.metadata.namespace);
                assert.deepEqual(podSecurityViolations(spec, level), [], title);
            }
        });

        it("are restricted in every namespace but those of the table of exceptions", () => {
            const excepted = Object.keys(podSecurityExceptions);
            for (const { title, object, spec } of podsOf(program().objects)) {
                if (podSecurityViolations(spec, PodSecurityLevel.Restricted).length > 0) {
                    const app = object.metadata.labels?.["app.kubernetes.io/name"];
                    assert.ok(excepted.includes(app ?? ""), `${title} is not restricted, and no exception is for it`);
                }
            }
        });

        it("run on a read-only file system", () => {
            for (const pod of podsOf(program().objects)) {
                for (const { name, securityContext } of containersOf(pod)) {
                    assert.equal(securityContext?.readOnlyRootFilesystem, true, `${pod.title}: ${name}`);
                }
            }
        });
    });
});

describe("Namespaces", () => {
    forEveryProgram((program) => {
        it("enforce a level, and warn of everything that is not restricted", () => {
            const levels = [
                PodSecurityLevel.Restricted,
                ...Object.values(podSecurityExceptions).map((exception) => exception.level),
            ];
            const namespaces = ofKind(program(), "Namespace");
            assert.ok(namespaces.length > 0);
            for (const { metadata } of namespaces) {
                const labels = metadata.labels ?? {};
                assert.ok(levels.includes(labels[enforceLabel] as PodSecurityLevel), metadata.name);
                assert.equal(labels["pod-security.kubernetes.io/warn"], "restricted", metadata.name);
                assert.equal(labels["pod-security.kubernetes.io/audit"], "restricted", metadata.name);
            }
        });
    });

    it("are all restricted in the local stack", async () => {
        for (const { metadata } of ofKind(await evaluate("the local stack"), "Namespace")) {
            assert.equal(metadata.labels?.[enforceLabel], "restricted", metadata.name);
        }
    });
});
