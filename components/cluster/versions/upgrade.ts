import {
    type ApiRemoval,
    minorOf,
    minorsBetween,
    unmetNeed,
    type VersionNeedKey,
    VersionProvider,
    type VersionTable,
    versionTable,
} from "../../core/versions";
import { versionWarnings, whyNot } from "./check";

/** What a finding means for an upgrade. */
export const UpgradeSeverity = {
    /** The upgrade fails, or something that is there stops working. */
    Blocks: "blocks",
    Warns: "warns",
} as const;
export type UpgradeSeverity = (typeof UpgradeSeverity)[keyof typeof UpgradeSeverity];

/** One thing to know or do before an upgrade. */
export interface UpgradeFinding {
    readonly severity: UpgradeSeverity;
    /** What there is and what to do about it, in one sentence or two. */
    readonly reason: string;
}

/** A node, as the cluster tells of it. */
export interface NodeVersions {
    readonly name: string;
    /** The version of its kubelet: `v1.36.3`. */
    readonly kubelet: string;
    /** Its container runtime with the version: `containerd://2.1.4`. @default not known */
    readonly runtime?: string;
}

/** The use of an API version that is deprecated, or gone in a later version of Kubernetes. */
export interface ApiUse {
    /** The group and version: `batch/v1beta1`. */
    readonly api: string;
    /** The kind or resource: `CronJob`, `cronjobs`. */
    readonly kind: string;
    /** The first minor version without it. @default the table's, if it knows the API */
    readonly removedIn?: string;
    /** Who uses it, or which object was written so. @default somebody */
    readonly by?: string;
}

/** An upgrade of a cluster's control plane, and what is known of the cluster. */
export interface UpgradePlan {
    /** The API server's version today. */
    readonly from: string;
    /** The version to upgrade to. */
    readonly to: string;
    /** Whose cluster it is. @default `upstream`: one that people run themselves */
    readonly provider?: VersionProvider;
    readonly nodes?: readonly NodeVersions[];
    /** The version of the kubectl that people use. @default not checked */
    readonly kubectl?: string;
    /** Deprecated APIs in use. */
    readonly apis?: readonly ApiUse[];
    /** What of this library is in the cluster. */
    readonly uses?: readonly VersionNeedKey[];
}

/** A rule judges a plan by the table. */
type UpgradeRule = (plan: UpgradePlan, table: VersionTable, today: Date) => UpgradeFinding[];

const blocks = (reason: string): UpgradeFinding => ({ severity: UpgradeSeverity.Blocks, reason });
const warns = (reason: string): UpgradeFinding => ({ severity: UpgradeSeverity.Warns, reason });

/**
 * What to know before a control plane is upgraded: what blocks comes first. Empty when there is nothing to do. Decides
 * from what it is given, and asks no cluster; `npm run check` does.
 *
 * @throws RangeError when a version is none.
 * @example
 * ```ts
 * const nodes = [{ name: "old-pool-1", kubelet: "v1.33.4" }];
 * for (const { severity, reason } of checkUpgrade({ from: "1.36.3", to: "1.37", nodes })) {
 *     console.log(severity, reason);
 * }
 * ```
 */
export function checkUpgrade(
    plan: UpgradePlan,
    today: Date = new Date(),
    table: VersionTable = versionTable,
): UpgradeFinding[] {
    const findings = rules.flatMap((rule) => rule(plan, table, today));
    return [UpgradeSeverity.Blocks, UpgradeSeverity.Warns].flatMap((wanted) =>
        findings.filter(({ severity }) => severity === wanted),
    );
}

/** A control plane goes up, and one minor version at a time. */
const stepRule: UpgradeRule = ({ from, to, provider = VersionProvider.Upstream }, { skew, providers }) => {
    const step = minorsBetween(from, to);
    if (step < 0) {
        return [
            blocks(`A control plane never goes back, and this one has ${from}; restore a backup into a new cluster.`),
        ];
    }
    if (step <= skew.step) {
        return [];
    }
    const { title, extended } = providers[provider];
    const skipped = step === 2 ? "a minor version" : `${step - 1} minor versions`;
    const steps = Array.from({ length: step }, (_, index) => nextMinor(from, index + 1)).join(", then ");
    return extended?.skipsMinors
        ? [
              warns(
                  `It skips ${skipped}, which ${title} takes between versions in ${extended.name} only; else upgrade to ${steps}.`,
              ),
          ]
        : [blocks(`It skips ${skipped}; upgrade to ${steps}.`)];
};

function nextMinor(version: string, distance: number): string {
    const [major, minor] = minorOf(version).split(".").map(Number);
    return `${major}.${minor! + distance}`;
}

const supportRule: UpgradeRule = ({ to, provider = VersionProvider.Upstream }, table, today) => {
    const why = whyNot(provider, to, today, table);
    return why === undefined
        ? versionWarnings(provider, to, today, table).map(warns)
        : [blocks(`Kubernetes ${minorOf(to)} is a version which ${why}.`)];
};

/** A kubelet is never newer than the API server, and only so much older. */
const kubeletRule: UpgradeRule = ({ to, nodes = [] }, { skew }) => {
    const minors = [...new Set(nodes.map(({ kubelet }) => minorOf(kubelet)))];
    return minors.flatMap((minor) => {
        const group = nodes.filter(({ kubelet }) => minorOf(kubelet) === minor);
        const behind = minorsBetween(minor, to);
        const who = `${listNames(group.map(({ name }) => name))} (kubelet ${minor})`;
        if (behind < 0) {
            return [blocks(`Newer than the API server would be: ${who}; replace the nodes by older ones.`)];
        }
        if (behind > skew.kubeletBehind) {
            const oldest = nextMinor(to, -skew.kubeletBehind);
            return [
                blocks(
                    `More than ${skew.kubeletBehind} minor versions behind would be: ${who}; upgrade the nodes to ${oldest} or later first.`,
                ),
            ];
        }
        return behind === skew.kubeletBehind
            ? [warns(`As far behind as kubelets may be is: ${who}; upgrade the nodes before the next upgrade.`)]
            : [];
    });
};

const kubectlRule: UpgradeRule = ({ to, kubectl }, { skew }) => {
    const apart = kubectl === undefined ? 0 : Math.abs(minorsBetween(kubectl, to));
    return apart > skew.kubectlApart
        ? [warns(`kubectl ${kubectl} is ${apart} minor versions apart; use ${minorOf(to)}.`)]
        : [];
};

/** What the new version serves no more, and is in use. */
const removalRule: UpgradeRule = ({ to, apis = [] }, table) =>
    apis.flatMap((use) => {
        const removedIn = use.removedIn ?? removalOf(use, table)?.removedIn;
        const instead = removalOf(use, table)?.use;
        const what = `${use.kind} of ${use.api} is used${use.by === undefined ? "" : ` by ${use.by}`}`;
        const remedy = instead === undefined ? "move to the version that replaces it" : `move to ${instead}`;
        if (removedIn === undefined) {
            return [warns(`${what}, and is deprecated; ${remedy}.`)];
        }
        const isGone = minorsBetween(removedIn, to) >= 0;
        return isGone
            ? [blocks(`${what}, and gone in ${removedIn}; ${remedy} first.`)]
            : [warns(`${what}, and gone in ${removedIn}; ${remedy} before that.`)];
    });

function removalOf({ api, kind }: ApiUse, { removals }: VersionTable): ApiRemoval | undefined {
    return removals.apis.find((each) => each.api === api && each.kinds.some((known) => isSameKind(known, kind)));
}

/** `CronJob` is served as `cronjobs`, `NetworkPolicy` as `networkpolicies`, `StorageClass` as `storageclasses`. */
function isSameKind(kind: string, kindOrResource: string): boolean {
    const plural = kind.toLowerCase().replace(/y$/, "ie").replace(/s$/, "se");
    return kind === kindOrResource || `${plural}s` === kindOrResource.toLowerCase();
}

/** What else the versions on the way change, as far as it may concern the cluster. */
const changeRule: UpgradeRule = ({ from, to, nodes = [] }, { changes }) =>
    changes
        .filter((change) => minorsBetween(from, change.in) > 0 && minorsBetween(change.in, to) >= 0)
        .flatMap(({ in: since, what, remedy, runtime }) => {
            const concerned = nodes.filter((node) => runtime === undefined || node.runtime?.startsWith(runtime));
            const where =
                runtime === undefined ? "" : ` Nodes with it: ${listNames(concerned.map(({ name }) => name))}.`;
            return runtime !== undefined && concerned.length === 0
                ? []
                : [warns(`From ${since} on ${what}; before nodes are upgraded, ${remedy}.${where}`)];
        });

const needRule: UpgradeRule = ({ to, uses = [] }, table) =>
    uses.flatMap((key) => {
        const { title, tested = [] } = table.needs[key];
        const unmet = unmetNeed(key, to, table);
        if (unmet !== undefined) {
            return [blocks(`${title} ${unmet}.`)];
        }
        const isTested = tested.length === 0 || tested.some((minor) => minorsBetween(minor, to) <= 0);
        return isTested
            ? []
            : [
                  warns(
                      `${title} is tested by its makers up to ${tested.at(-1)}; try it on a copy of the cluster first.`,
                  ),
              ];
    });

const rules: readonly UpgradeRule[] = [
    stepRule,
    supportRule,
    kubeletRule,
    kubectlRule,
    removalRule,
    changeRule,
    needRule,
];

const longestList = 5;

/** Some names, not all of a thousand nodes. */
function listNames(names: readonly string[]): string {
    const shown = names.slice(0, longestList).join(", ");
    return names.length > longestList ? `${shown} and ${names.length - longestList} more` : shown;
}
