import type * as pulumi from "@pulumi/pulumi";
import type { TaintEffect } from "../../core/placement";

/** Whose API the cluster's own is, and who reaches it. Nothing is open unless it is said here. */
export interface ApiServerAccessArgs {
    /**
     * Public addresses that may reach the API server, as CIDRs: an office, a build machine's egress. With these the API
     * server has a public endpoint, which answers to nobody else.
     * @default none: no public endpoint
     */
    allowFrom?: pulumi.Input<string>[];
    /**
     * Private addresses from which the API server's private endpoint is reached, as CIDRs: a VPN, a peered network, a
     * bastion's subnet. They are what declares that there is a way in.
     * @default none: only nodes reach the private endpoint
     */
    privateFrom?: pulumi.Input<string>[];
    /** Opens the public endpoint to every address. Credentials are then all that stands before the API server. @default false */
    allowFromAnywhere?: boolean;
}

/** A taint of every node of a pool: pods without a toleration stay away. */
export interface NodeTaint {
    key: pulumi.Input<string>;
    /** @default an empty value */
    value?: pulumi.Input<string>;
    effect: pulumi.Input<TaintEffect>;
}

/** What node pools of every cloud are told; the key in `nodePools` is the pool's name. */
export interface NodePoolArgs {
    /** The cloud's type of machine: `e2-standard-4`, `Standard_D4s_v5`, `m7i.xlarge`. */
    machineType: pulumi.Input<string>;
    /** Nodes that there are at least, in all zones together. */
    minNodes: pulumi.Input<number>;
    /** Nodes that the autoscaler may go up to, in all zones together. */
    maxNodes: pulumi.Input<number>;
    /** Zones of the nodes. @default those of the cluster */
    zones?: pulumi.Input<string>[];
    /** Cheap machines that the cloud may take back within a minute or two. They get a taint, so that only pods that ask for them run there. @default false */
    spot?: boolean;
    labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    taints?: NodeTaint[];
    /** Size of a node's boot disk, in GiB. @default 100 */
    diskSizeGib?: pulumi.Input<number>;
}

/** The days of a week. */
export const Weekday = {
    Monday: "Monday",
    Tuesday: "Tuesday",
    Wednesday: "Wednesday",
    Thursday: "Thursday",
    Friday: "Friday",
    Saturday: "Saturday",
    Sunday: "Sunday",
} as const;
export type Weekday = (typeof Weekday)[keyof typeof Weekday];

/** When the cloud may upgrade control plane and nodes by itself. */
export interface MaintenanceWindowArgs {
    /** @default Saturday and Sunday */
    days?: Weekday[];
    /** The beginning, as `HH:MM` in UTC. @default `02:00` */
    startTime?: string;
    /** How long it lasts, in whole hours. @default 6 */
    hours?: number;
}

/** A maintenance window without gaps. */
export type MaintenanceWindow = Required<MaintenanceWindowArgs>;

const weekend: MaintenanceWindow = { days: [Weekday.Saturday, Weekday.Sunday], startTime: "02:00", hours: 6 };

/** A maintenance window in full. */
export function completeMaintenanceWindow(args: MaintenanceWindowArgs = {}): MaintenanceWindow {
    return {
        days: args.days ?? weekend.days,
        startTime: args.startTime ?? weekend.startTime,
        hours: args.hours ?? weekend.hours,
    };
}
