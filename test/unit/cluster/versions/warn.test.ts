import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { warnOfVersion } from "../../../../components/cluster";
import { record } from "../../../../components/testing";

class Thing extends pulumi.ComponentResource {
    constructor(version: pulumi.Input<string>, today: Date) {
        super("test:index:Thing", "thing");
        warnOfVersion(this, "eks", version, today);
        this.registerOutputs({});
    }
}

/** What the program says, and the resources that it makes. */
async function run(version: pulumi.Input<string>, preview: boolean, today = "2027-01-15"): Promise<[string[], number]> {
    const said: string[] = [];
    const log = console.error;
    const warn = console.warn;
    console.error = console.warn = (text: string) => void said.push(text);
    try {
        const { resources } = await record(() => new Thing(version, new Date(today)), { preview });
        return [said, resources.length];
    } finally {
        console.error = log;
        console.warn = warn;
    }
}

describe("the warning of a version", () => {
    it("is shown at preview, also of a version that is known later, and makes no resource", async () => {
        const [said, resources] = await run(pulumi.output("1.34.2"), true);
        assert.deepEqual(said, [
            "warning: [runtime] Kubernetes 1.34 left standard support on EKS on 2026-12-02; it is in extended support until 2027-12-02. " +
                "Upgrade to 1.36 (until 2027-08-02) or 1.35 (until 2027-03-27); staying needs the upgrade policy EXTENDED, at a higher price.",
        ]);
        const [, without] = await run("1.36", true);
        assert.equal(resources, without);
    });

    it("is not shown again by the update, nor for a version with time left", async () => {
        assert.deepEqual((await run("1.34.2", false))[0], []);
        assert.deepEqual((await run("1.36", true))[0], []);
    });
});
