/** Lets a limited number of calls run at once; others wait in line, and a long line is refused. python/gate.py is its twin. */

/** Calls that may wait, per call that may run. */
const waitingPerPlace = 10;

interface Waiting {
    enter: (entered: boolean) => void;
    timer: NodeJS.Timeout;
}

/** The places in which calls run. */
export class Gate {
    readonly #places: number;
    readonly #line = new Set<Waiting>();
    #running = 0;
    #overdue = 0;

    constructor(places: number) {
        this.#places = places;
    }

    /** Calls that run. */
    get running(): number {
        return this.#running;
    }

    /** Calls that wait. */
    get waiting(): number {
        return this.#line.size;
    }

    /** Whether every place is taken by a call whose time is over: nothing will run any more. */
    get stuck(): boolean {
        return this.#overdue >= this.#places;
    }

    /** Takes a place, as soon as there is one. False when the line is too long, or the time is over before. */
    enter(deadline: Date): Promise<boolean> {
        if (this.#running < this.#places) {
            this.#running++;
            return Promise.resolve(true);
        }
        if (this.#line.size >= this.#places * waitingPerPlace) {
            return Promise.resolve(false);
        }
        return new Promise((resolve) => {
            const giveUp = (): void => {
                this.#line.delete(waiting);
                resolve(false);
            };
            const waiting = { enter: resolve, timer: setTimeout(giveUp, deadline.getTime() - Date.now()) };
            this.#line.add(waiting);
        });
    }

    /** Gives a place back; whoever waits longest takes it. */
    leave(): void {
        const [next] = this.#line;
        if (next) {
            this.#line.delete(next);
            clearTimeout(next.timer);
            next.enter(true);
        } else {
            this.#running--;
        }
    }

    /** Notes that a call keeps its place though its caller has been told that its time is over. */
    keepOverdue(): void {
        this.#overdue++;
    }

    /** Gives back a place kept by {@link keepOverdue}. */
    leaveOverdue(): void {
        this.#overdue--;
        this.leave();
    }
}
