/** How the server's process ends. python/lifecycle.py is its twin. */
import { writeSync } from "node:fs";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { logLine, writeLine } from "../../portable/node/log.mjs";
import type { FunctionServer } from "./server.mjs";
import type { FunctionServerSettings } from "./settings.mjs";

/** Seconds that other calls get to end after the function has crashed. */
const crashSeconds = 3;

/** Ends the process, with the calls that run answered first. */
export class Lifecycle {
    readonly #settings: FunctionServerSettings;
    #server: FunctionServer | undefined;
    #ending = false;
    #isOwnExit = false;

    constructor(settings: FunctionServerSettings) {
        this.#settings = settings;
        process.once("SIGTERM", () => void this.#drain("SIGTERM", settings.drainSeconds));
        process.once("SIGINT", () => void this.#drain("SIGINT", 0));
        process.on(
            "uncaughtException",
            (error) => void this.crash("the function crashed: nothing caught an error", error),
        );
        process.on(
            "unhandledRejection",
            (error) => void this.crash("the function crashed: nothing handled a rejection", error),
        );
        process.on("exit", (code) => this.#onExit(code));
    }

    /** Ends through this server from now on. */
    serve(server: FunctionServer): void {
        this.#server = server;
    }

    /** Ends the process with an error, so that the container is started anew. */
    async crash(message: string, error?: unknown): Promise<void> {
        writeLine(this.#settings, "error", message, { error });
        if (!this.#ending) {
            this.#ending = true;
            await this.#server?.close(crashSeconds);
            await this.#server?.abandon();
            this.#exit(1);
        }
    }

    /** Ends in order: serves on until proxies know, then takes no new connection and waits for the calls that run. */
    async #drain(signal: string, seconds: number): Promise<void> {
        if (this.#ending) {
            return;
        }
        this.#ending = true;
        const log = (level: string, message: string): void => writeLine(this.#settings, level, message, { signal });
        log("info", `ending: serving on for ${seconds} seconds`);
        this.#server?.beginDraining();
        await sleep(seconds * 1000);
        const left = await this.#server?.close(this.#settings.timeoutSeconds + 2);
        if (left) {
            log("error", `ended with ${left} requests unanswered`);
            await this.#server?.abandon();
        } else {
            log("info", "ended: every request is answered");
        }
        this.#exit(0);
    }

    #exit(code: number): void {
        this.#isOwnExit = true;
        process.exit(code);
    }

    /** The function itself ended the process. A container that ends with 0 would look as if all were well. */
    #onExit(code: number): void {
        if (!this.#isOwnExit) {
            writeSync(1, logLine(this.#settings, "error", "the function ended the process", { code }));
            process.exitCode = code === 0 ? 1 : code;
        }
    }
}
