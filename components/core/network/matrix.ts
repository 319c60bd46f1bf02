import type { NetworkEndpoint, NetworkModel } from "./model";
import { reachable } from "./reachable";

/** Which listening ports one endpoint reaches on another. */
export interface Reach {
    from: NetworkEndpoint;
    to: NetworkEndpoint;
    /** Those of `to`'s ports that `from` reaches, as `8080` or `53/UDP`. */
    ports: string[];
}

/**
 * Who reaches which listening ports of whom, for every pair of endpoints. An endpoint paired with itself stands for two
 * pods of the same workload.
 */
export function reachabilityMatrix(network: NetworkModel, endpoints: readonly NetworkEndpoint[]): Reach[] {
    return endpoints.flatMap((from) => endpoints.map((to) => ({ from, to, ports: reachedPorts(network, from, to) })));
}

function reachedPorts(network: NetworkModel, from: NetworkEndpoint, to: NetworkEndpoint): string[] {
    const server = from === to ? { ...to } : to;
    return (to.ports ?? [])
        .filter((port) => reachable(network, from, server, port).allowed)
        .map(({ port, protocol }) => (protocol && protocol !== "TCP" ? `${port}/${protocol}` : `${port}`));
}

/**
 * The matrix as a Markdown table, for people and pull requests: a row for each endpoint that connects, a column for
 * each that listens, the ports that get through, `-` where none does.
 */
export function formatMatrix(network: NetworkModel, endpoints: readonly NetworkEndpoint[]): string {
    const listeners = endpoints.filter((endpoint) => (endpoint.ports ?? []).length > 0);
    const rows = [
        ["from \\ to", ...listeners.map(titleOf)],
        ...endpoints.map((from) => [
            titleOf(from),
            ...listeners.map((to) => reachedPorts(network, from, to).join(" ") || "-"),
        ]),
    ];
    return formatTable(rows);
}

function titleOf({ namespace, name }: NetworkEndpoint): string {
    return namespace === undefined ? name : `${namespace}/${name}`;
}

function formatTable(rows: string[][]): string {
    const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
    const line = (cells: string[]): string =>
        `| ${cells.map((cell, index) => cell.padEnd(widths[index]!)).join(" | ")} |`;
    const [head, ...body] = rows.map(line);
    return [head, line(widths.map((width) => "-".repeat(width))), ...body].join("\n") + "\n";
}
