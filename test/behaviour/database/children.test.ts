import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Children } from "./support/children";

describe("the processes of a test with servers", () => {
    it("end with it, and so do those that they have started", async () => {
        const children = new Children();
        const group = spawn("sh", ["-c", "sleep 600 & echo started; wait"], {
            detached: true,
            stdio: ["ignore", "pipe", "ignore"],
        });
        const alone = spawn("sleep", ["600"], { stdio: "ignore" });
        const gone = children.add(spawn("true", { stdio: "ignore" }));
        await once(gone, "exit");
        children.add(group);
        children.add(alone);
        await once(group.stdout, "data");
        // Its output ends with the last process that has it.
        const closed = once(group, "close");
        await children.end();
        await closed;
        assert.equal(alone.signalCode, "SIGKILL");
        await children.end();
    });
});
