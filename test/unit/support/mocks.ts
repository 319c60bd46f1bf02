export * from "../../../components/testing/record";
export type * from "../../../components/testing/recorded-resource";
