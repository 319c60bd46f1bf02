/** A line of a function server's log, as a person reads it: the text of an error with its stack, and no escapes. */
export function plainLine(line: string): string {
    const entry = parse(line);
    if (!entry) {
        return line;
    }
    const { time: _time, level, message, function: _function, namespace: _namespace, error, ...fields } = entry;
    const more = Object.entries(fields).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    const words = [`${level}:`, message, ...more].join(" ");
    const { stack, message: reason } = (error ?? {}) as { stack?: string; message?: string };
    const detail = stack ?? reason;
    return detail === undefined ? words : `${words}\n${detail}`;
}

interface LogEntry extends Record<string, unknown> {
    level: string;
    message: string;
}

function parse(line: string): LogEntry | undefined {
    if (!line.startsWith("{")) {
        return undefined;
    }
    try {
        const entry = JSON.parse(line) as Partial<LogEntry>;
        const isOurs = typeof entry.level === "string" && typeof entry.message === "string";
        return isOurs ? (entry as LogEntry) : undefined;
    } catch {
        return undefined;
    }
}

/** Hands text on line by line, however it arrives. */
export function byLine(take: (line: string) => void): (text: string) => void {
    let rest = "";
    return (text) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop()!;
        lines.forEach(take);
    };
}
