import { list, map, object, str, type Schema } from "../../../../core/schema";

export function texts(): Schema {
    return list(str());
}

/** Settings or tags, each by its key. */
export function keyValues(): Schema {
    return list(object({ "key!": str(), "value!": str() }));
}

/** What chooses objects by their labels. */
export function labelSelector(): Schema {
    const atomic = { x_kubernetes_list_type: "atomic" };
    const requirement = object({ "key!": str(), "operator!": str(), values: list(str(), atomic) });
    return {
        ...object({ matchExpressions: list(requirement, atomic), matchLabels: map(str()) }),
        x_kubernetes_map_type: "atomic",
    };
}
