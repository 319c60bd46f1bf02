/** What is wrong with one text. No part of it but `suggestion` may repeat the value, which may be secret. */
export interface Finding {
    /** Why the value is refused, as the end of "which ...". */
    readonly problem: string;
    /** What to write instead, as an order: "use lower-case letters". */
    readonly rule: string;
    /** The corrected value, for "did you mean". */
    readonly suggestion?: string;
}

/** A rule for texts: tells what is wrong, or nothing when all is well. */
export type Format = (value: string) => Finding | undefined;

/** A finding whose suggestion is left out unless it is itself right. */
export function findingWith(format: Format, finding: Finding, suggestion: string | undefined): Finding {
    const usable = suggestion !== undefined && format(suggestion) === undefined;
    return usable ? { ...finding, suggestion } : finding;
}
