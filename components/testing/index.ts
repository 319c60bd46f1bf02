export * from "./fakes";
export * from "./function-driver";
export * from "./manifests";
export * from "./record";
export type { RecordedHooks, RecordedOptions, RecordedResource } from "./recorded-resource";
