/** One call of the function: its place, its time and its end. */
import { type PlatformAnswer, problem } from "../../portable/node/answer.mjs";
import type { Invoke } from "../../portable/node/core.mjs";
import { AnswerStream } from "../../portable/node/stream.mjs";
import type { Gate } from "./gate.mjs";
import type { FunctionServerSettings } from "./settings.mjs";

class TimeIsOver extends Error {
    override readonly name = "TimeIsOver";
}

/** What a call's end is told to whom it may concern. */
export interface CallWatcher {
    /** The call was refused, since too many run and wait. */
    refused(): void;
    /** Every place is taken by a call whose time is over. */
    stuck(): void;
}

/** One call of the function. */
export class Call {
    readonly deadline: Date;
    readonly #settings: FunctionServerSettings;
    readonly #gate: Gate;
    readonly #watcher: CallWatcher;
    readonly #over: Promise<never>;
    readonly #timer: NodeJS.Timeout;
    /** The user's code, once it runs. */
    #work: Promise<unknown> | undefined;
    #timedOut = false;

    constructor(settings: FunctionServerSettings, gate: Gate, watcher: CallWatcher) {
        const milliseconds = settings.timeoutSeconds * 1000;
        this.#settings = settings;
        this.#gate = gate;
        this.#watcher = watcher;
        this.deadline = new Date(Date.now() + milliseconds);
        let giveUp: () => void;
        this.#over = new Promise((_, reject) => {
            giveUp = () => reject(new TimeIsOver("the function's time is over"));
        });
        this.#over.catch(() => undefined);
        this.#timer = setTimeout(giveUp!, milliseconds);
    }

    /** Whether the caller was told, or shown by a cut connection, that the time is over. */
    get timedOut(): boolean {
        return this.#timedOut;
    }

    /** Waits for something, but only until the call's time is over. */
    readonly within = async <T,>(work: Promise<T>): Promise<T> => {
        try {
            return await Promise.race([work, this.#over]);
        } catch (error) {
            this.#timedOut ||= error instanceof TimeIsOver;
            throw error;
        }
    };

    /** The user's code, within the call's place and time. */
    limited(invoke: Invoke): Invoke {
        return async (request, context) => {
            if (!(await this.#gate.enter(this.deadline))) {
                this.#watcher.refused();
                return busy(context.requestId);
            }
            const work = (async () => invoke(request, context))();
            this.#work = work;
            try {
                return await this.within(work);
            } catch (error) {
                if (!(error instanceof TimeIsOver)) {
                    throw error;
                }
                const { timeoutSeconds, contract } = this.#settings;
                context.log.error("the handler took too long", { timeoutSeconds });
                work.catch((late: unknown) => context.log.error("the handler failed after its time", { error: late }));
                const status = contract === "kubeless" ? 408 : 504;
                return problem(status, `the function took longer than ${timeoutSeconds} seconds`, context.requestId);
            }
        };
    }

    /** Gives the place back, once the user's code has ended too. False when the function was not called. */
    end({ body }: PlatformAnswer): boolean {
        clearTimeout(this.#timer);
        if (!this.#work) {
            return false;
        }
        const ended = Promise.allSettled([this.#work, body instanceof AnswerStream ? body.close() : undefined]);
        if (!this.#timedOut) {
            void ended.then(() => this.#gate.leave());
            return true;
        }
        this.#gate.keepOverdue();
        void ended.then(() => this.#gate.leaveOverdue());
        // What ends together with its time is no reason to give up.
        setTimeout(() => this.#gate.stuck && this.#watcher.stuck(), 100).unref();
        return true;
    }
}

function busy(requestId: string): PlatformAnswer {
    const answer = problem(503, "the function is busy", requestId);
    return { ...answer, headers: [...answer.headers, ["retry-after", "1"]] };
}
