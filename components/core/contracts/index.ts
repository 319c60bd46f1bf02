export * from "./bindings";
export * from "./cluster";
export * from "./connection";
export * from "./faas-platform";
export * from "./ingress";
export * from "./object-store";
export * from "./service";
export * from "./telemetry";
