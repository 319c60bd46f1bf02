import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../core/deletion";
import { random } from "../core/lazy-modules";
import type { Site } from "./server";

/** A value that is there once a database can be used. */
export type WhenReady = <T>(value: pulumi.Output<T>) => pulumi.Output<T>;

/**
 * Holds values back until the Jobs are complete that make users and load what is restored; a preview still knows them.
 *
 * They wait for a resource of their own that waits for the Jobs. Of a Job itself they can't be made: one is deleted before
 * it runs again, and with it Pulumi would delete first whatever is immutable and made of it, such as a binding's Secret
 * that pods still refer to.
 */
export function whenReady({ name, parent }: Site, jobs: pulumi.Resource[]): WhenReady {
    const ready = new random.RandomId(`${name}-ready`, { byteLength: 1 }, childOptions(parent, { dependsOn: jobs }));
    return (value) => pulumi.all([value, ready.urn]).apply(([known]) => known) as typeof value;
}
