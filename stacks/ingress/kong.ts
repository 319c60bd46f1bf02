import type { z } from "zod";
import {
    KongIngress,
    type KongIngressArgs,
    type KongRoute,
    planKongIngress,
    validateKongIngress,
} from "../../components";
import { type ArgumentsFrom, withSecrets } from "../config/secrets";
import type { IngressSetup, IngressStack, Publication } from "./ingress";
import { kongSchema } from "./schema";

type KongConfiguration = z.output<typeof kongSchema>;

/** Kong, which is made last, since it takes all routes at once. */
export const kong: IngressStack<KongConfiguration> = {
    validate(setup, publications) {
        const { args, byKey } = kongArgs(setup, publications);
        return byKey(validateKongIngress(setup.name, args)).map(({ propertyPath, reason }) => ({
            propertyPath: keyOf(propertyPath, publications),
            reason,
        }));
    },
    plan: (setup) => planKongIngress(setup.name, kongArgs(setup, []).args),
    open: (setup) => ({
        publish: (publications, dependsOn) =>
            new KongIngress(setup.name, kongArgs(setup, publications).args, { dependsOn }),
    }),
};

/** What the component is given; its faults are found by `byKey` in the configuration. */
function kongArgs(
    { configuration, cluster, secrets }: IngressSetup<KongConfiguration>,
    publications: readonly Publication[],
): { args: KongIngressArgs; byKey: ArgumentsFrom<KongConfiguration>["byKey"] } {
    const { args, byKey } = withSecrets(kongSchema, configuration, secrets);
    const { controller: _controller, ...rest } = args;
    return { args: { cluster, ...rest, routes: publications.map(asRoute) }, byKey };
}

function asRoute({ name, host, path, service, protections, insecureWithoutLogin }: Publication): KongRoute {
    return { name, host, path, service, protections, insecureWithoutLogin };
}

/** The key of what an argument of the component was made of. */
function keyOf(propertyPath: string, publications: readonly Publication[]): string {
    const [, index, rest] = /^routes\[(\d+)\](.*)$/.exec(propertyPath) ?? [];
    if (index === undefined) {
        return `ingress.${propertyPath}`;
    }
    // The name is a key of the configuration itself, or made of some.
    return publications[Number(index)]!.key + (rest === ".name" ? "" : rest!);
}
