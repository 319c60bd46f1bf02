import type { Labels, Placement, Registry } from "../../../components";

/** What every program gives its components, so that it is seen to reach all of their objects. */
export const labels: Labels = { team: "platform" };
export const placement: Placement = { nodeSelector: { pool: "platform" }, tolerations: [{ key: "platform" }] };
export const registry: Registry = { mirror: "registry.example.com/mirror", pullSecrets: ["registry"] };
