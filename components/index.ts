export * from "./cluster";
export * from "./core";
export * from "./database";
export * from "./faas";
export * from "./ingress";
export * from "./storage";
