/** Which part of a request's path is the function's own. python/paths.py is its twin. */
import { percentDecode, splitTarget } from "../../portable/node/request.mjs";

/** Takes the longest of the prefixes that a target's path lies under, by whole segments, off the target. */
export function stripRoutes(target: string, routes: readonly string[]): string {
    const [path, query] = splitTarget(target);
    const segments = path.slice(1).split("/");
    const decoded = segments.map(percentDecode);
    const depths = routes
        .map((route) => route.split("/").filter((segment) => segment !== ""))
        .filter((prefix) => prefix.every((segment, index) => segment === decoded[index]))
        .map((prefix) => prefix.length);
    const rest = segments.slice(Math.max(0, ...depths)).join("/");
    return query === "" ? `/${rest}` : `/${rest}?${query}`;
}
