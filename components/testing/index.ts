export * from "./fakes";
export * from "./function-driver";
