import { claims, type Claim } from "./claims";

/** The tests that a claim names. */
function proofsOf(claim: Claim): string[] {
    return [claim.unit, claim.apiServer, claim.offline, claim.process?.test].filter((proof) => proof !== undefined);
}

/** One sentence for each claim whose test is not among those that passed. */
export function overclaims(passedTitles: readonly string[]): string[] {
    return claims.flatMap((claim) =>
        proofsOf(claim)
            .filter((proof) => !passedTitles.some((title) => title.includes(proof)))
            .map((proof) => `docs/proof.md claims "${proof}" for ${claim.component}, and no such test passed.`),
    );
}
