import type { Cron } from "croner";
import { croner } from "../lazy-modules";
import { durationSeconds } from "./durations";
import { type Finding, type Format, mended } from "./finding";

const shortcuts = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

const rule =
    "give five fields (minute hour day-of-month month day-of-week), like " +
    '"*/15 * * * *", or one of @hourly, @daily, @weekly, @monthly, @yearly';

/** One part of a field: a wildcard, or a number or three-letter name alone or as a range; each with a step or without. */
const partSyntax = /^(\*|\?|(\d+|[a-z]{3})(-(\d+|[a-z]{3}))?)(\/\d+)?$/i;

/**
 * Schedules as a Kubernetes CronJob reads them: five fields, `*`, `?`, lists, ranges, steps, names of months and days,
 * and the `@` shortcuts (https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax).
 * Sunday is 0: the parser behind it, github.com/robfig/cron/v3, takes no 7, no `L`, `W` or `#`. A schedule that never
 * fires, such as 30 February, is refused too.
 */
export const cronFormat: Format = mended(judge, mend);

function judge(value: string): Finding | undefined {
    if (value.startsWith("@")) {
        return shortcutFinding(value);
    }
    if (/^(CRON_)?TZ=/.test(value)) {
        return { problem: "names a time zone", rule: "give the time zone in its own argument" };
    }
    const fields = value.split(/\s+/).filter((field) => field !== "");
    if (fields.length !== 5) {
        return { problem: `has ${fields.length} fields`, rule };
    }
    return dialectFinding(fields) ?? timesFinding(fields);
}

/** What was meant by six fields, of which the first means seconds elsewhere, and by Sunday as 7. */
function mend(value: string): string | undefined {
    const fields = value.trim().split(/\s+/);
    if (fields.length !== 5 && fields.length !== 6) {
        return undefined;
    }
    const [weekday = "", ...others] = fields.slice(-5).reverse();
    return [...others.reverse(), weekday.replace(/(?<=^|,)0*7(?=$|,)/g, "0")].join(" ");
}

function shortcutFinding(value: string): Finding | undefined {
    if (shortcuts.includes(value) || (durationSeconds(value.replace(/^@every +/, "")) ?? 0) >= 1) {
        return undefined;
    }
    return { problem: "is not a known shortcut", rule };
}

function dialectFinding(fields: string[]): Finding | undefined {
    const foreign = fields.some((field) => field.split(",").some((part) => !partSyntax.test(part)));
    if (foreign) {
        return { problem: "has a field that CronJobs do not understand", rule };
    }
    return /(^|[-,])0*7($|[-,/])/.test(fields[4]!)
        ? { problem: "has the day of the week 7, while Sunday is 0", rule }
        : undefined;
}

function timesFinding(fields: string[]): Finding | undefined {
    let schedule: Cron;
    try {
        schedule = new croner.Cron(fields.join(" "), {
            mode: "5-part",
            paused: true,
            timezone: "UTC",
            sloppyRanges: true,
        });
    } catch {
        return { problem: "has a number, name, range or step that its field does not have", rule };
    }
    return schedule.nextRun() === null ? { problem: "names a date that never comes", rule } : undefined;
}

/** Names of time zones. */
export function timeZoneFormat(timeZone: string): Finding | undefined {
    try {
        new Intl.DateTimeFormat("en", { timeZone });
        return undefined;
    } catch {
        return { problem: "is not a time zone", rule: 'give a name of the tz database, like "Europe/Berlin"' };
    }
}
