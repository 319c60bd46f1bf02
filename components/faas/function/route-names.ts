import { nameLimits, physicalName } from "../../core/names";
import { gatewaySuffix } from "../../core/route";
import type { FunctionRoute } from "./args";

const longestName = nameLimits.NetworkPolicy.maximum - gatewaySuffix.length;

/**
 * Names a function's routes by their paths, so that adding one renames none; the same path on further hosts is counted.
 *
 * @param maximum characters of a name. @default as many as the names of a `Route`'s objects leave
 */
export function routeNames(
    name: string,
    routes: readonly Pick<FunctionRoute, "path">[],
    maximum: number = longestName,
): string[] {
    return routes.map(({ path }, index) => {
        const earlier = routes.slice(0, index).filter((route) => route.path === path).length;
        const parts = [name, path.slice(1) || "root", ...(earlier > 0 ? [String(earlier + 1)] : [])];
        return physicalName(parts, { maximum });
    });
}
