import { Cron } from "croner";
import { durationSeconds } from "./durations";
import { type Finding, type Format, findingWith } from "./finding";

const shortcuts = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

const rule =
    "give five fields (minute hour day-of-month month day-of-week), like " +
    '"*/15 * * * *", or one of @hourly, @daily, @weekly, @monthly, @yearly';

const fieldSyntax = /^(\*|\?|[a-z0-9]+(-[a-z0-9]+)?)(\/[0-9]+)?$/i;

/**
 * Schedules as a Kubernetes CronJob reads them: five fields, `*`, `?`, lists, ranges, steps, names of months and days,
 * and the `@` shortcuts (https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax).
 * Sunday is 0: the parser behind it, github.com/robfig/cron/v3, takes no 7, no `L`, `W` or `#`. A schedule that never
 * fires, such as 30 February, is refused too.
 */
export const cronFormat: Format = (value) => {
    if (value.startsWith("@")) {
        return shortcutFinding(value);
    }
    if (/^(CRON_)?TZ=/.test(value)) {
        return { problem: "names a time zone", rule: "give the time zone in its own argument" };
    }
    const fields = value.split(/\s+/).filter((field) => field !== "");
    if (fields.length !== 5) {
        return countFinding(fields);
    }
    return dialectFinding(fields) ?? timesFinding(fields);
};

function shortcutFinding(value: string): Finding | undefined {
    if (shortcuts.includes(value) || (durationSeconds(value.replace(/^@every +/, "")) ?? 0) >= 1) {
        return undefined;
    }
    return { problem: "is not a known shortcut", rule };
}

function countFinding(fields: string[]): Finding {
    const finding: Finding = { problem: `has ${fields.length} fields`, rule };
    // With six fields the first one usually means seconds.
    return fields.length === 6 ? findingWith(cronFormat, finding, fields.slice(1).join(" ")) : finding;
}

function dialectFinding(fields: string[]): Finding | undefined {
    const foreign = fields.some((field) => field.split(",").some((part) => !fieldSyntax.test(part)));
    if (foreign) {
        return { problem: "has a field that CronJobs do not understand", rule };
    }
    const weekday = fields[4]!;
    if (/(^|[,-])0*7($|[,-/])/.test(weekday)) {
        const repaired = [...fields.slice(0, 4), weekday.replace(/(^|,)0*7($|,)/g, "$10$2")].join(" ");
        const finding = { problem: "has the day of the week 7, while Sunday is 0", rule };
        return repaired.split(" ")[4] === weekday ? finding : findingWith(cronFormat, finding, repaired);
    }
    return undefined;
}

function timesFinding(fields: string[]): Finding | undefined {
    let schedule: Cron;
    try {
        schedule = new Cron(fields.join(" "), { mode: "5-part", paused: true, timezone: "UTC", sloppyRanges: true });
    } catch {
        return { problem: "has a number, name, range or step that its field does not have", rule };
    }
    return schedule.nextRun() === null ? { problem: "names a date that never comes", rule } : undefined;
}
