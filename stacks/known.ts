import type { Checks } from "../components/core/validation";

/** What a stack has by name, and how its configuration says so. */
const sections = { database: "databases: { NAME: ... }", bucket: "storage: { buckets: { NAME: ... } }" };

/** Checks that a stack has what one of its keys names. */
export function checkKnown(
    checks: Checks,
    path: string,
    what: keyof typeof sections,
    name: string | undefined,
    known: readonly string[],
): void {
    if (name === undefined || known.length > 0) {
        checks.oneOf(path, name, known);
    } else {
        checks.fault(
            path,
            `is "${name}", and the stack has no ${what}; add \`${sections[what].replace("NAME", name)}\``,
        );
    }
}
