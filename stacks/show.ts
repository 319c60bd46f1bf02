import { ArgumentsError } from "../components";
import { suggest } from "../components/core/validation";

/**
 * One of a stack's outputs by its path: `passwords.login.me`. Names may have dots in them.
 *
 * @throws {@link ArgumentsError} when there is none, with what there is.
 */
export function outputAt(outputs: Record<string, unknown>, wanted: string): string {
    const found = valueAt(outputs, wanted);
    if (found === undefined) {
        const known = pathsOf(outputs);
        const meant = suggest(wanted, known);
        const reason = `is "${wanted}", and the stack has no such output; ${meant ? `did you mean ${meant}?` : `there are ${known.join(", ")}`}`;
        throw new ArgumentsError("npm start", [{ propertyPath: "--show", reason }]);
    }
    return typeof found === "string" ? found : JSON.stringify(found, undefined, 4);
}

function valueAt(value: unknown, wanted: string): unknown {
    for (const [key, child] of entriesOf(value)) {
        const found =
            key === wanted
                ? child
                : wanted.startsWith(`${key}.`)
                  ? valueAt(child, wanted.slice(key.length + 1))
                  : undefined;
        if (found !== undefined) {
            return found;
        }
    }
    return undefined;
}

/** The paths of all texts. */
function pathsOf(value: unknown): string[] {
    return entriesOf(value).flatMap(([key, child]) =>
        typeof child === "string" ? [key] : pathsOf(child).map((rest) => `${key}.${rest}`),
    );
}

function entriesOf(value: unknown): [string, unknown][] {
    return typeof value === "object" && value !== null ? Object.entries(value) : [];
}
