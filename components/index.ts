export * from "./cluster";
export * from "./core";
export * from "./faas";
export * from "./ingress";
