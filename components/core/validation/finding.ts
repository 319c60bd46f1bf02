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

/** A rule that also says what was probably meant: `mend` repairs a refused value, and is heard when the rule takes it. */
export function mended(judge: Format, mend: (value: string) => string | undefined): Format {
    return (value) => {
        const finding = judge(value);
        if (finding === undefined || finding.suggestion !== undefined) {
            return finding;
        }
        const suggestion = mend(value);
        const usable = suggestion !== undefined && judge(suggestion) === undefined;
        return usable ? { ...finding, suggestion } : finding;
    };
}
