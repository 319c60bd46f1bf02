export type { OidcCookie, OidcProtection } from "./args";
