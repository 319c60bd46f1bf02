/** A test by which a claim stands: part of its full title, and of no other's meaning. */
export type Proof = string;

/** A run against a real upstream server. */
export interface ProcessProof {
    test: Proof;
    /** The version that the test ran. */
    tested: string;
    /** The version that the component deploys. */
    pinned: string;
}

/** What was run of one component. What is not claimed was not run. */
export interface Claim {
    component: string;
    /** Under Pulumi's mocks. */
    unit?: Proof;
    /** With the real engine against a real Kubernetes API server, simulated nodes, and the stand-in plugin. */
    apiServer?: Proof;
    /** What it deploys, as a real process. */
    process?: ProcessProof;
    /** What nobody has run. */
    neverRun?: string;
}

/** One row for each exported component. */
export const claims: Claim[] = [];
