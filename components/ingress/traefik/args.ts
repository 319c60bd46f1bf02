import type { Resources } from "../../core/workload";
import type { IngressArgs } from "../args";

/** Arguments of {@link TraefikIngress}. */
export interface TraefikIngressArgs extends IngressArgs {
    /** Name of the IngressClass, made by this component. @default the logical name */
    className?: string;
    /**
     * The only namespaces in which routes are seen; then Traefik reads nothing of others, in particular no Secrets, and
     * no object of its own is cluster-wide. @default all namespaces
     */
    routeNamespaces?: string[];
    /** Takes paths with `/`, `\`, `;`, `%`, `?`, `#` or a zero byte in escaped form. @default false: 400 */
    encodedPaths?: boolean;
    /** @default requests of 100m and 128Mi, limits of 1 and 512Mi */
    resources?: Resources;
}
