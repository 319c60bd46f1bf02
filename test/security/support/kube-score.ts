import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { formatManifests, type Manifest } from "../../../components/testing";
import { buildModule } from "../../../sandbox/tools/build";
import type { GoModule } from "../../../sandbox/tools/modules";
import { projectRoot } from "../../../sandbox/tools/paths";

/** kube-score, a scanner of manifests. Its go.mod pins the version. https://github.com/zegl/kube-score */
const kubeScoreModule: GoModule = {
    name: "kube-score",
    directory: path.join(projectRoot, "test/security/kube-score"),
    package: "github.com/zegl/kube-score/cmd/kube-score",
    variables: {},
    minutes: "2",
    diskGiB: 1,
};

/** Something that the scanner calls critical. */
export interface Finding {
    /** The check's name in the scanner. */
    check: string;
    /** `Deployment router`. */
    object: string;
    /** What is wrong, in the scanner's words. */
    summary: string;
}

/** The part of the scanner's JSON output that is read here. */
interface ScoredObject {
    type_meta: { kind: string };
    object_meta: { name: string };
    checks: { check: { id: string }; grade: number; skipped: boolean; comments: { summary: string }[] | null }[];
}

/** The scanner's grades: 1 critical, 5 warning, 7 almost well, 10 well. */
const critical = 1;

/** Whether the scanner can be built on this machine. */
export function canBuildKubeScore(): boolean {
    return spawnSync("go", ["version"]).error === undefined;
}

/** The scanner's binary, built when it has to be. */
export function findKubeScore(): Promise<string> {
    return buildModule(kubeScoreModule, (line) => console.log(`      ${line}`));
}

/** All that the scanner calls critical in these manifests. */
export function criticalFindings(kubeScore: string, objects: readonly Manifest[]): Finding[] {
    const options = ["--output-format", "json", "--kubernetes-version", "v1.32", "--disable-ignore-checks-annotations"];
    const { stdout, stderr } = spawnSync(kubeScore, ["score", ...options, "-"], {
        input: formatManifests(objects),
        encoding: "utf8",
        maxBuffer: 100_000_000,
    });
    if (!stdout.startsWith("[")) {
        throw new Error(`kube-score gave no findings: ${stderr || stdout}`);
    }
    return (JSON.parse(stdout) as ScoredObject[]).flatMap(({ type_meta, object_meta, checks }) =>
        checks
            .filter(({ skipped, grade }) => !skipped && grade === critical)
            .map(({ check, comments }) => ({
                check: check.id,
                object: `${type_meta.kind} ${object_meta.name}`,
                summary: (comments ?? []).map(({ summary }) => summary).join("; "),
            })),
    );
}
