export * from "./args";
export * from "./certificates";
export * from "./kong";
export * from "./oauth2-proxy";
export * from "./protections";
export { type ProtectionKind, protectionKinds, type ProtectionSupport, protectionSupport } from "./support";
export * from "./traefik";
