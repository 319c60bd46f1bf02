export * from "./fakes";
export * from "./function-driver";
export * from "./record";
export type { RecordedHooks, RecordedOptions, RecordedResource } from "./recorded-resource";
