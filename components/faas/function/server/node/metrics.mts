/** What Prometheus is told, under the names that Kubeless's runtimes used. python/metrics.py is its twin. */
import type { FunctionServerSettings } from "./settings.mjs";

/** Upper ends in seconds: the defaults of Prometheus's own client libraries, and two for slow functions. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

interface Series {
    calls: number;
    failures: number;
    seconds: number;
    /** Calls within each bucket, not cumulated. */
    durations: number[];
}

/** The counters of one function. */
export class Metrics {
    readonly #functionName: string;
    readonly #series = new Map<string, Series>();
    #refused = 0;

    constructor({ functionName }: Pick<FunctionServerSettings, "functionName">) {
        this.#functionName = functionName;
    }

    /** Notes a call that has ended. */
    observe(method: string, seconds: number, failed: boolean): void {
        const series = this.#of(method);
        series.calls++;
        series.failures += Number(failed);
        series.seconds += seconds;
        const bucket = buckets.findIndex((end) => seconds <= end);
        if (bucket >= 0) {
            series.durations[bucket]!++;
        }
    }

    /** Notes a request that was not handed to the function, because it was busy or not loaded. */
    refuse(): void {
        this.#refused++;
    }

    /** In Prometheus's text format, version 0.0.4. */
    render(running: number, waiting: number): string {
        const own = `function=${JSON.stringify(this.#functionName)}`;
        const each = (line: (labels: string, series: Series) => string[]): string[] =>
            [...this.#series].flatMap(([method, series]) => line(`${own},method="${method}"`, series));
        return [
            ...head("function_calls_total", "counter", "Calls of the function."),
            ...each((labels, { calls }) => [`function_calls_total{${labels}} ${calls}`]),
            ...head("function_failures_total", "counter", "Calls that ended with a server error or after their time."),
            ...each((labels, { failures }) => [`function_failures_total{${labels}} ${failures}`]),
            ...head("function_duration_seconds", "histogram", "From the whole request to the end of the answer."),
            ...each(histogram),
            ...head("function_running", "gauge", "Calls that run."),
            `function_running{${own}} ${running}`,
            ...head("function_waiting", "gauge", "Calls that wait until others have ended."),
            `function_waiting{${own}} ${waiting}`,
            ...head(
                "function_refused_total",
                "counter",
                "Requests refused because the function was busy or not loaded.",
            ),
            `function_refused_total{${own}} ${this.#refused}`,
            "",
        ].join("\n");
    }

    #of(method: string): Series {
        let series = this.#series.get(method);
        if (!series) {
            series = { calls: 0, failures: 0, seconds: 0, durations: buckets.map(() => 0) };
            this.#series.set(method, series);
        }
        return series;
    }
}

function head(name: string, type: string, help: string): string[] {
    return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function histogram(labels: string, { calls, seconds, durations }: Series): string[] {
    const name = "function_duration_seconds";
    let below = 0;
    const lines = buckets.map((end, index) => {
        below += durations[index]!;
        return `${name}_bucket{${labels},le="${end}"} ${below}`;
    });
    return [
        ...lines,
        `${name}_bucket{${labels},le="+Inf"} ${calls}`,
        `${name}_sum{${labels}} ${seconds}`,
        `${name}_count{${labels}} ${calls}`,
    ];
}
