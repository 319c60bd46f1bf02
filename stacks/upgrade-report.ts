import {
    checkUpgrade,
    type ClusterInspection,
    describeSupport,
    minorOf,
    type UpgradeFinding,
    UpgradeSeverity,
    versionTable,
} from "../components";

/** What is asked about an upgrade. */
export interface UpgradeQuestion {
    /** @default the next minor version */
    to?: string;
    kubectl?: string;
}

/** What to know before an upgrade, for programs and for people. */
export interface UpgradeReport {
    findings: UpgradeFinding[];
    text: string;
}

/** Judges an upgrade of a cluster that was looked through. */
export function upgradeReport(
    inspection: ClusterInspection,
    { to = nextMinor(inspection.version), kubectl }: UpgradeQuestion,
    today: Date,
): UpgradeReport {
    const findings = checkUpgrade({ ...inspection, from: inspection.version, to, kubectl }, today);
    const lines = [
        ...describeCluster(inspection, today),
        "",
        `Before you upgrade to ${to}:`,
        ...(findings.length > 0 ? findings.map(asItem) : ["- nothing that this check knows of stands in the way."]),
        ...(inspection.unseen.length > 0
            ? ["", "Not looked at:", ...inspection.unseen.map((what) => `- ${what}`)]
            : []),
        "",
        `By what was known on ${versionTable.reviewed}. The API server counts requests since it started: what runs once a month may be missing.`,
    ];
    return { findings, text: lines.join("\n") };
}

function describeCluster({ context, version, nodes, uses, provider }: ClusterInspection, today: Date): string[] {
    const parts = uses.map((key) => versionTable.needs[key].title);
    const content = parts.length > 0 ? `, with objects of ${parts.join(", ")}` : "";
    return [
        `Cluster "${context}" runs Kubernetes ${version} on ${nodes.length} ${nodes.length === 1 ? "node" : "nodes"}${content}.`,
        describeSupport(provider, version, today),
    ];
}

const asItem = ({ severity, reason }: UpgradeFinding): string =>
    `- ${severity === UpgradeSeverity.Blocks ? "BLOCKS" : "note"}: ${reason}`;

function nextMinor(version: string): string {
    const [major, minor] = minorOf(version).split(".").map(Number);
    return `${major}.${minor! + 1}`;
}
