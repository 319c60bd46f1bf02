import { type Manifest, manifests, nameByContent, record, type RecordedResource } from "../../../components/testing";
import { recordStack } from "../../../stacks/record-stack";
import { addonsWithEverything } from "./addons-program";
import { coreWithEverything } from "./core-program";
import { dataWithEverything } from "./data-program";
import { fissionWithEverything } from "./fission-program";
import { ingressesWithEverything } from "./ingress-program";
import { openFaasWithEverything } from "./openfaas-program";
import { partlessPlatformsWithEverything } from "./partless-program";

/** What a program registers and answers with. */
export interface Evaluated {
    readonly resources: readonly RecordedResource[];
    /** Its Kubernetes objects as plain manifests. */
    readonly objects: readonly Manifest[];
    /** The stack's outputs. */
    readonly outputs: unknown;
}

/** Everything under scrutiny, by title. */
const programs = {
    "the local stack": () => recordStack("local"),
    "Fission with everything": () => record(fissionWithEverything, { preview: true, autoName: nameByContent }),
    "OpenFaaS with everything": () => record(openFaasWithEverything, { preview: true, autoName: nameByContent }),
    "Kubeless and Funktion with everything": () =>
        record(partlessPlatformsWithEverything, { preview: true, autoName: nameByContent }),
    "the ingresses with everything": () => record(ingressesWithEverything, { preview: true, autoName: nameByContent }),
    "the add-ons with everything": () => record(addonsWithEverything, { preview: true, autoName: nameByContent }),
    "databases and object stores with everything": () =>
        record(dataWithEverything, { preview: true, autoName: nameByContent }),
    "the building blocks with everything": () => record(coreWithEverything, { preview: true, autoName: nameByContent }),
};

/** The title of a program under scrutiny. */
export type ProgramTitle = keyof typeof programs;

/** The titles of all programs. */
export const programTitles = Object.keys(programs) as ProgramTitle[];

const evaluated = new Map<ProgramTitle, Promise<Evaluated>>();

/** Evaluates a program, once in a run. */
export function evaluate(title: ProgramTitle): Promise<Evaluated> {
    const known = evaluated.get(title) ?? run(title);
    evaluated.set(title, known);
    return known;
}

/** Programs share the process' runtime, so that one is evaluated after the other, however they are asked for. */
let latest: Promise<unknown> = Promise.resolve();

function run(title: ProgramTitle): Promise<Evaluated> {
    const evaluation = latest.then(() => evaluateNow(title));
    latest = evaluation.catch(() => undefined);
    return evaluation;
}

async function evaluateNow(title: ProgramTitle): Promise<Evaluated> {
    const { resources, result } = await programs[title]();
    return { resources, objects: manifests(resources), outputs: result };
}

/**
 * Tests that hold for every program.
 *
 * @param define gets a function that returns the program; to be called inside tests
 */
export function forEveryProgram(define: (program: () => Evaluated) => void): void {
    for (const title of programTitles) {
        describe(`of ${title}`, function () {
            this.timeout(60_000);
            let program: Evaluated;
            before(async () => {
                program = await evaluate(title);
            });
            define(() => program);
        });
    }
}

/** `Kind namespace/name`, for messages. */
export function titleOf({ kind, metadata }: Manifest): string {
    return `${kind} ${metadata.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata.name}`;
}

/** The objects of a kind. */
export function ofKind(program: Evaluated, kind: string): Manifest[] {
    return program.objects.filter((object) => object.kind === kind);
}
