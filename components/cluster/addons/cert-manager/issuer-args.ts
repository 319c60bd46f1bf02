import type { AcmeIssuer, CertManagerArgs } from "./args";

/** The issuers that ask an ACME authority. */
export function acmeIssuers({ issuers = {} }: CertManagerArgs): AcmeIssuer[] {
    return Object.values(issuers).flatMap(({ acme }) => acme ?? []);
}

/** Whether HTTP-01 challenges are to be answered. */
export function asksHttp(args: CertManagerArgs): boolean {
    return args.httpChallenges ?? acmeIssuers(args).some(({ http }) => http !== undefined);
}
