import type { Fault } from "../../core/errors";
import { Checks } from "../../core/validation";
import { checkKubernetesVersion } from "../version";
import { checkVersionSupport, VersionProvider } from "../versions";
import { addons } from "./addons";
import {
    type EksAccessArgs,
    type EksClusterArgs,
    EksController,
    type EksLogsArgs,
    EksLogType,
    VolumeReclaim,
} from "./args";
import { retentionDays } from "./logs";
import { longestName } from "./names";
import { checkAwsCli } from "./preflight";
import { checkNetwork } from "./validate-network";
import { checkNodes } from "./validate-nodes";

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html */
const clusterNamePattern = /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/;
const regionPattern = /^[a-z]{2}(-[a-z]+)+-\d$/;
const principalPattern = /^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/.+$/;
const rolePattern = /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/;
const keyPattern = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/.+$/;
const keyRule = 'give the ARN of a key, like "arn:aws:kms:eu-central-1:123456789012:key/1a2b..."';
/** What EKS always calls its own tags, and the most tags of a resource, less those that are added. */
const maximumTags = 45;

/**
 * What is wrong with the arguments of an {@link EksCluster}, and with the machine that makes it; empty when nothing is.
 * Looks for the AWS CLI on the PATH.
 *
 * @param today the day for which the version's support is judged
 */
export function validateEksCluster(name: string, args: EksClusterArgs, today: Date = new Date()): Fault[] {
    const checks = new Checks();
    checkNames(checks, name, args);
    checkKubernetesVersion(checks, args.kubernetesVersion);
    if (!args.allowUnsupportedVersion) {
        checkVersionSupport(checks, VersionProvider.Eks, args.kubernetesVersion, today);
    }
    checkNetwork(checks, args);
    checkAccess(checks.at("access"), args.access);
    checkNodes(checks, name, args);
    checkKey(checks, "secretsKey", args);
    checkLogs(checks.at("logs"), args.logs);
    checkParts(checks, args);
    checkLogIn(checks, args);
    checkTags(checks, args);
    checkAwsCli(checks);
    return checks.faults;
}

function checkNames(checks: Checks, name: string, { region, clusterName }: EksClusterArgs): void {
    checks.dnsLabel("name", name, { maximum: longestName, letterFirst: true });
    checks.required("region", region, 'the region of the AWS provider, like "eu-central-1"');
    checks.format("region", region, (value) =>
        regionPattern.test(value)
            ? undefined
            : {
                  problem: "is not a region",
                  rule: 'give one like "eu-central-1"',
                  suggestion: /^([a-z]{2}(?:-[a-z]+)+-\d)[a-z]$/.exec(value)?.[1],
              },
    );
    checks.matches(
        "clusterName",
        clusterName,
        clusterNamePattern,
        'use at most 100 letters, digits, "-" and "_", beginning with a letter or digit',
    );
}

function checkAccess(checks: Checks, access: EksAccessArgs | undefined): void {
    checks.required("deployer", access?.deployer, "the ARN of the role or user that the stack is deployed as");
    checkPrincipal(checks, "deployer", access?.deployer);
    const seen = new Map<unknown, string>(access?.deployer === undefined ? [] : [[access.deployer, "deployer"]]);
    for (const kind of ["admins", "viewers"] as const) {
        checks.map(kind, access?.[kind], (key, principal, nested) => {
            nested.dnsLabel("", key, { maximum: 32 });
            checkPrincipal(nested, "", principal);
            const earlier = seen.get(principal);
            if (earlier !== undefined && typeof principal === "string") {
                nested.fault(
                    "",
                    `is "${principal}", like access.${earlier}; EKS takes a principal once: leave one out`,
                );
            }
            seen.set(principal, `${kind}.${key}`);
        });
    }
}

function checkPrincipal(checks: Checks, path: string, arn: Parameters<Checks["matches"]>[1]): void {
    checks.format(path, arn, (value) =>
        principalPattern.test(value)
            ? undefined
            : {
                  problem: "is not the ARN of a role or user",
                  rule: 'give one like "arn:aws:iam::123456789012:role/deploy"',
                  suggestion: roleOfSession(value),
              },
    );
}

/** The role behind a session, unless it has a path, which the session does not tell. */
function roleOfSession(arn: string): string | undefined {
    const [, partition, account, role] = /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([^/]+)\/.+$/.exec(arn) ?? [];
    return role === undefined ? undefined : `arn:${partition}:iam::${account}:role/${role}`;
}

function checkKey(checks: Checks, path: string, { region, secretsKey }: EksClusterArgs): void {
    checks.matches(path, secretsKey, keyPattern, keyRule);
    const keyRegion = typeof secretsKey === "string" ? secretsKey.split(":")[3] : undefined;
    if (keyRegion !== undefined && keyPattern.test(secretsKey as string) && keyRegion !== region) {
        checks.fault(path, `is in "${keyRegion}"; EKS takes keys of the cluster's region only, "${region}"`);
    }
}

function checkLogs(checks: Checks, logs: EksLogsArgs | undefined): void {
    checks.list("types", logs?.types, (type, nested) => nested.oneOf("", type, Object.values(EksLogType)));
    checks.matches("key", logs?.key, keyPattern, keyRule);
    const days = logs?.retentionDays;
    if (days !== undefined && !retentionDays.includes(days)) {
        const next = retentionDays.find((candidate) => candidate > days);
        checks.fault(
            "retentionDays",
            `is ${days}, which CloudWatch does not know; give one of ${retentionDays.join(", ")}${next === undefined ? "" : `; did you mean ${next}?`}`,
        );
    }
}

function checkParts(checks: Checks, { addonVersions, storageClass, controllers }: EksClusterArgs): void {
    checks.knownKeys("addonVersions", addonVersions, Object.keys(addons));
    checks.map("addonVersions", addonVersions, (_addon, version, nested) =>
        nested.matches("", version, /^v\d+\.\d+\.\d+-eksbuild\.\d+$/, 'give a version like "v1.12.1-eksbuild.2"'),
    );
    checks.dnsSubdomain("storageClass.name", storageClass?.name);
    checks.oneOf("storageClass.reclaimPolicy", storageClass?.reclaimPolicy, Object.values(VolumeReclaim));
    checks.list("controllers", controllers, (controller, nested) =>
        nested.oneOf("", controller, Object.values(EksController)),
    );
}

function checkLogIn(checks: Checks, { kubeconfig }: EksClusterArgs): void {
    checks.matches(
        "kubeconfig.roleArn",
        kubeconfig?.roleArn,
        rolePattern,
        'give the ARN of a role, like "arn:aws:iam::123456789012:role/deploy"',
    );
    checks.nonEmpty("kubeconfig.profile", kubeconfig?.profile);
}

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#id_tags_naming_best_practices */
function checkTags(checks: Checks, { tags }: EksClusterArgs): void {
    const count = Object.keys(tags ?? {}).length;
    if (count > maximumTags) {
        checks.fault("tags", `has ${count} tags; give ${maximumTags} at most, since AWS takes 50 and some are added`);
    }
    checks.map("tags", tags, (key, value, nested) => {
        if (/^aws:/i.test(key) || key.length > 128 || key === "" || key === "Name") {
            nested.fault(
                "",
                'is no key for a tag of yours; use up to 128 characters, not "Name" and not beginning with "aws:"',
            );
        }
        nested.length("", value, { maximum: 256 });
    });
}
