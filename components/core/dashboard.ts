import type { Dashboard } from "./contracts";

/** A panel of a dashboard. */
export interface DashboardPanel {
    title: string;
    /** PromQL, and what each series is called. */
    queries: [expression: string, legend: string][];
    /** Grafana's name of the unit: `reqps`, `percentunit`, `s`. */
    unit: string;
    /** @default `timeseries` */
    kind?: "stat" | "timeseries";
}

/** What a dashboard shows. */
export interface DashboardContent {
    /** The application, which is a tag: `fission`. */
    app: string;
    /** Name of the installation. */
    instance: string;
    title: string;
    /** Stats first. */
    panels: DashboardPanel[];
}

/** A Grafana dashboard of an installation: the stats in the first row, then two graphs a row. */
export function renderDashboard({ app, instance, title, panels }: DashboardContent): Dashboard {
    const name = `${app}-${instance}`;
    const model = {
        title,
        uid: name.slice(0, 40),
        tags: [app, "faas"],
        timezone: "utc",
        refresh: "30s",
        schemaVersion: 39,
        time: { from: "now-3h", to: "now" },
        templating: {
            list: [{ name: "datasource", label: "Data source", type: "datasource", query: "prometheus" }],
        },
        panels: panels.map(renderPanel),
    };
    return { name, title, json: JSON.stringify(model, undefined, 2) };
}

const columns = 24;
const height = 8;
const statHeight = 4;

function renderPanel(panel: DashboardPanel, index: number, all: readonly DashboardPanel[]): object {
    const datasource = { type: "prometheus", uid: "${datasource}" };
    const stats = all.filter(({ kind }) => kind === "stat").length;
    const position = index - stats;
    return {
        id: index + 1,
        type: panel.kind ?? "timeseries",
        title: panel.title,
        datasource,
        gridPos:
            panel.kind === "stat"
                ? { h: statHeight, w: columns / stats, x: (columns / stats) * index, y: 0 }
                : {
                      h: height,
                      w: columns / 2,
                      x: (columns / 2) * (position % 2),
                      y: (stats > 0 ? statHeight : 0) + height * Math.floor(position / 2),
                  },
        fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
        targets: panel.queries.map(([expr, legendFormat], query) => ({
            refId: String.fromCharCode("A".charCodeAt(0) + query),
            datasource,
            expr,
            legendFormat,
        })),
    };
}
