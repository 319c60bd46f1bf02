export {
    type HostNameRules,
    type UrlRules,
    cidrFormat,
    hostNameFormat,
    isHostWithin,
    urlFormat,
    urlPathFormat,
} from "./addresses";
export { checked } from "./checked";
export { Checks, type LengthLimits, type NumberLimits } from "./checks";
export { cronFormat } from "./cron";
export { DurationDialect, type DurationLimits, durationSeconds } from "./durations";
export type { Finding, Format } from "./finding";
export { type LabelLimits, asLabel } from "./names";
export { QuantityKind, type QuantityLimits, quantityValue } from "./quantities";
export { isPlain } from "./show";
export { suggest } from "./suggest";
