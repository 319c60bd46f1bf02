import type { Fault } from "../components";
import { Checks } from "../components/core/validation";
import type { Configuration } from "./config/schema";
import { namespaceOfData } from "./data-namespaces";

/** A part of a stack that holds data, and the names that it takes. */
interface NamedPart {
    /** Its key in the configuration. */
    key: string;
    /** What its resources are called in the stack; those of databases and of stores never meet. */
    resources: { kind: "database" | "store"; name: string };
    /** What its objects are called in the cluster, where that is given. */
    resourceName?: string;
    namespace: string;
    /** What its component appends to both names. */
    suffixes: string[];
}

/**
 * What is wrong with the names of what holds data: no two parts may make objects of one name in a namespace, nor resources
 * of one name in the stack. Names count whatever the kind, since most components make something of each kind.
 */
export function validateDataNames(configuration: Configuration): Fault[] {
    const checks = new Checks();
    const objects = new Map<string, string>();
    const resources = new Map<string, string>();
    for (const part of partsOf(configuration)) {
        const { key, resourceName, namespace } = part;
        const named = resourceName ?? part.resources.name;
        const object = claim(objects, key, namespace, namesOf(named, part));
        const resource = claim(resources, key, part.resources.kind, namesOf(part.resources.name, part));
        if (object) {
            checks.fault(
                resourceName === undefined ? key : `${key}.resourceName`,
                `makes an object "${object.name}" in the namespace "${namespace}", as ${object.holder} does; ` +
                    "give another name, or another resourceName",
            );
        } else if (resource) {
            checks.fault(
                key,
                `gives a resource of the stack the name "${resource.name}", as ${resource.holder} does; choose another key`,
            );
        }
    }
    return checks.faults;
}

const namesOf = (name: string, { suffixes }: NamedPart): string[] => ["", ...suffixes].map((suffix) => name + suffix);

/** Takes names within a scope for a key. The first that another key has is returned with that key. */
function claim(
    taken: Map<string, string>,
    key: string,
    scope: string,
    names: readonly string[],
): { name: string; holder: string } | undefined {
    const entries = names.map((name) => ({ name, entry: `${scope}/${name}` }));
    const clash = entries.find(({ entry }) => taken.has(entry));
    const found = clash && { name: clash.name, holder: taken.get(clash.entry)! };
    for (const { entry } of entries) {
        taken.set(entry, taken.get(entry) ?? key);
    }
    return found;
}

function partsOf({ databases, storage }: Configuration): NamedPart[] {
    return [
        ...Object.entries(databases).map(([name, database]): NamedPart => ({
            key: `databases.${name}`,
            resources: { kind: "database", name },
            resourceName: database.resourceName,
            namespace: namespaceOfData(database),
            suffixes: databaseSuffixes(database),
        })),
        ...(storage ? [storePart(storage)] : []),
    ];
}

function databaseSuffixes({ replicas = 1, backup, restore }: Configuration["databases"][string]): string[] {
    return [
        "-headless",
        "-access",
        ...(replicas > 1 ? ["-read"] : []),
        ...(backup ? ["-backup", "-restore-test"] : []),
        ...(restore ? ["-restore"] : []),
    ];
}

function storePart(storage: NonNullable<Configuration["storage"]>): NamedPart {
    const { kind, resourceName, pools = [] } = storage;
    return {
        key: "storage",
        resources: { kind: "store", name: kind },
        resourceName,
        namespace: namespaceOfData(storage),
        suffixes: [
            "-headless",
            "-access",
            ...pools.flatMap((_pool, index) => [`-pool-${index + 1}`, `-pool-${index + 1}-headless`]),
        ],
    };
}
