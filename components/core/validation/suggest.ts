/**
 * The candidate that the user most likely meant, for "did you mean"; `undefined` when none is near.
 *
 * Letter case is ignored. A candidate is near when at most a third of its letters differ, or when one of the two
 * begins with the other.
 *
 * @example suggest("postgres", ["mysql", "postgresql"]) // "postgresql"
 */
export function suggest(value: string, candidates: readonly string[]): string | undefined {
    const wanted = value.toLowerCase();
    if (wanted === "") {
        return undefined;
    }
    const ranked = candidates
        .map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.toLowerCase()) }))
        .sort((left, right) => left.distance - right.distance);
    const first = ranked[0];
    if (first && first.distance <= Math.max(wanted.length, first.candidate.length) / 3) {
        return first.candidate;
    }
    return candidates.find((candidate) => oneBeginsWithTheOther(wanted, candidate.toLowerCase()));
}

function oneBeginsWithTheOther(left: string, right: string): boolean {
    return Math.min(left.length, right.length) >= 3 && (left.startsWith(right) || right.startsWith(left));
}

/** Insertions, deletions, substitutions and swaps of neighbours between two texts (optimal string alignment). */
export function editDistance(left: string, right: string): number {
    let beforePrevious: number[] = [];
    let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
    for (let row = 1; row <= left.length; row++) {
        const current = [row];
        for (let column = 1; column <= right.length; column++) {
            const same = left[row - 1] === right[column - 1];
            let cost = Math.min(
                previous[column]! + 1,
                current[column - 1]! + 1,
                previous[column - 1]! + (same ? 0 : 1),
            );
            if (row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) {
                cost = Math.min(cost, beforePrevious[column - 2]! + 1);
            }
            current.push(cost);
        }
        beforePrevious = previous;
        previous = current;
    }
    return previous[right.length]!;
}
