import type { ResourceRun, StackRun } from "../../sandbox";

/** What is always made anew, the new one first: its users roll over to it, and nothing is lost. */
const rolled = /:(ConfigMap|Secret|Job|Package)$/;

/** Certificates are made anew when their time comes. */
const renewal = ["readyForRenewal"];

/**
 * What an upgrade would lose or interrupt, each with what to do about it; empty when everything is made, left or changed in
 * place. Of what is deleted because its component is, only the component is named.
 */
export function damageOf(run: StackRun): string[] {
    const deleted = run.changed.filter(({ operation }) => operation === "delete" || operation === "discard");
    const roots = deleted.filter((each) => !deleted.some((other) => isInside(each, other)));
    const replaced = run.changed.filter((each) => each.operation === "replace" && !isRolled(each));
    return [...roots.map((each) => explainDeletion(each, run)), ...replaced.map(explainReplacement)];
}

/** What an upgrade changes without harm, for people to read: `update Deployment web (spec.replicas)`. */
export function changesInPlace(run: StackRun): string[] {
    return run.changed
        .filter(({ operation }) => operation !== "delete" && operation !== "discard")
        .map((each) => {
            const fields = Object.keys(each.detailedDiff);
            return `${each.operation} ${nameOf(each)}${fields.length > 0 ? ` (${fields.join(", ")})` : ""}`;
        });
}

function isRolled({ type, steps, replaceKeys }: ResourceRun): boolean {
    const isNewFirst = steps.indexOf("create-replacement") < steps.indexOf("delete-replaced");
    const isRenewed = replaceKeys.length > 0 && replaceKeys.every((key) => renewal.includes(key));
    return (rolled.test(type) && isNewFirst) || (type.startsWith("tls:") && isRenewed);
}

const kindOf = ({ type }: ResourceRun): string => type.split(":").at(-1)!;

const nameOf = (each: ResourceRun): string => `${kindOf(each)} ${each.name}`;

/** The types from the stack down to the resource; a URN has nothing else of its parents. */
const typesOf = ({ urn }: ResourceRun): string[] => urn.split("::")[2]!.split("$");

/** Whether a resource lies in another one, as far as URNs tell. */
function isInside(child: ResourceRun, parent: ResourceRun): boolean {
    const [inner, outer] = [typesOf(child), typesOf(parent)];
    return (
        inner.length > outer.length &&
        outer.every((type, index) => inner[index] === type) &&
        (child.name === parent.name || child.name.startsWith(`${parent.name}-`))
    );
}

function explainDeletion(deleted: ResourceRun, run: StackRun): string {
    const created = run.changed.filter(({ operation }) => operation === "create");
    const successor =
        created.find((each) => each.type === deleted.type && each.name === deleted.name) ??
        created.find((each) => each.type === deleted.type && typesOf(each).join() === typesOf(deleted).join()) ??
        created.find((each) => each.name === deleted.name && typesOf(each).length === typesOf(deleted).length);
    if (!successor) {
        return (
            `${nameOf(deleted)} is deleted. If it may go, say so in CHANGELOG.md and take its line out of the recording; ` +
            `else make it again under the name "${deleted.name}".`
        );
    }
    return `${nameOf(deleted)} is deleted, and ${nameOf(successor)} made: give ${nameOf(successor)} the option ${aliasFor(deleted, successor)}.`;
}

/** The alias that makes the new resource the old one. */
function aliasFor(old: ResourceRun, successor: ResourceRun): string {
    const parts = [
        ...(old.name === successor.name ? [] : [`name: "${old.name}"`]),
        ...(old.type === successor.type ? [] : [`type: "${old.type}"`]),
    ];
    const parents = typesOf(old).slice(0, -1).join(" > ");
    return parts.length > 0
        ? `aliases: [{ ${parts.join(", ")} }]`
        : `aliases: [{ parent: URN_OF_THE_OLD_PARENT }], whose types were ${parents || "none"}`;
}

function explainReplacement(each: ResourceRun): string {
    const order = each.steps.indexOf("delete-replaced") < each.steps.indexOf("create-replacement") ? "first" : "after";
    return (
        `${nameOf(each)} is replaced because of ${each.replaceKeys.join(", ")}, the old one deleted ${order}: keep the value ` +
        `for those who have it, or leave the field to an argument whose default stays as it was.`
    );
}
