/** What one run measured, by measure: `up` and its seconds. */
export type Sample = Readonly<Record<string, number>>;

/** One of the things that are measured side by side. */
export interface Contender {
    readonly name: string;
    /** Runs once and leaves everything as it was before. */
    run(): Promise<Sample>;
}

/** All samples of one contender. */
export interface Result {
    readonly name: string;
    readonly samples: readonly Sample[];
}

/**
 * Measures all contenders in every round, each round beginning with another one, so that what else the machine does meets
 * all of them alike.
 *
 * @param report takes a line before each run
 */
export async function measure(
    contenders: readonly Contender[],
    rounds: number,
    report: (line: string) => void,
): Promise<Result[]> {
    const samples = contenders.map((): Sample[] => []);
    for (let round = 0; round < rounds; round++) {
        for (let turn = 0; turn < contenders.length; turn++) {
            const index = (round + turn) % contenders.length;
            report(`round ${round + 1} of ${rounds}: ${contenders[index]!.name}`);
            samples[index]!.push(await contenders[index]!.run());
        }
    }
    return contenders.map(({ name }, index) => ({ name, samples: samples[index]! }));
}

/** The middle of some numbers; between the two in the middle when their count is even. */
export function median(values: readonly number[]): number {
    const sorted = [...values].sort((left, right) => left - right);
    const middle = sorted.length / 2;
    return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

/** Runs something and tells the seconds that it took. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
    const began = performance.now();
    await work();
    return (performance.now() - began) / 1000;
}

/** How a measure is printed. */
export interface Measure {
    readonly key: string;
    /** What it is, with its unit. */
    readonly title: string;
    readonly digits: number;
}

/**
 * A table per measure: median, least and most of each contender, and its median as a multiple of the first contender's.
 * Who did not take a measure is left out of its table.
 */
export function table({ key, title, digits }: Measure, results: readonly Result[]): string {
    const taken = results
        .map(({ name, samples }) => ({ name, values: samples.flatMap((sample) => sample[key] ?? []) }))
        .filter(({ values }) => values.length > 0);
    const base = median(taken[0]!.values);
    const rows = taken.map(({ name, values }) => [
        name,
        ...[median(values), Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits)),
        `${(median(values) / base).toFixed(2)} x`,
    ]);
    const header = [title, "median", "least", "most", `to ${taken[0]!.name}`];
    return columns([header, ...rows]);
}

function columns(rows: readonly (readonly string[])[]): string {
    const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
    const line = (row: readonly string[]): string =>
        row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join("  ");
    return rows.map(line).join("\n");
}
