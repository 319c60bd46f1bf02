import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "./deletion";
import { random } from "./lazy-modules";

/** A value that is there once a server can be used. */
export type WhenReady = <T>(value: pulumi.Output<T>) => pulumi.Output<T>;

/**
 * Holds values back until Jobs are complete that make what clients need: users, buckets, restored data. A preview still knows
 * the values.
 *
 * They wait for a resource of their own that waits for the Jobs. Of a Job itself they can't be made: one is deleted before
 * it runs again, and with it Pulumi would delete first whatever is immutable and made of it, such as a binding's Secret
 * that pods still refer to.
 *
 * @param name of the component whose Jobs these are
 */
export function whenReady(parent: pulumi.Resource, name: string, jobs: pulumi.Resource[]): WhenReady {
    const ready = new random.RandomId(`${name}-ready`, { byteLength: 1 }, childOptions(parent, { dependsOn: jobs }));
    return (value) => pulumi.all([value, ready.urn]).apply(([known]) => known) as typeof value;
}
