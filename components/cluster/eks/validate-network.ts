import { Checks } from "../../core/validation";
import { checkIpv4, checkApiServerAccess, checkDisjoint, checkPrefix, checkWithin } from "../managed";
import { type EksClusterArgs, type EksVpcArgs, FlowLogs, NatGateways } from "./args";
import { defaultServiceCidr, defaultVpcCidr, maximumZones } from "./plan";

/** Private subnets of a /21 have 256 addresses, of which nodes and pods take one each. */
const vpcSizes = { widest: 16, narrowest: 21 };
/** https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html */
const serviceSizes = { widest: 12, narrowest: 24 };
const privateBlocks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
/** What nodes and the add-ons ask of AWS: https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html */
const neededEndpoints = ["ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "sts"];
/** https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html */
const maximumPublicCidrs = 40;

/** Notes what is wrong with the network and with the ways to the API server. */
export function checkNetwork(checks: Checks, args: EksClusterArgs): void {
    checks.exclusive(["vpc", "existingVpc"], args, { required: true });
    if (args.vpc) {
        checkVpc(checks.at("vpc"), args.vpc, args.region);
    }
    if (args.existingVpc) {
        checks.required("existingVpc.vpcId", args.existingVpc.vpcId, "the VPC's id");
        checks.matches(
            "existingVpc.vpcId",
            args.existingVpc.vpcId,
            /^vpc-[0-9a-f]+$/,
            'give an id like "vpc-0a1b2c3d"',
        );
        checkGivenSubnets(checks, args.existingVpc.privateSubnetIds);
    }
    checkServiceCidr(checks, args.serviceCidr);
    checkAccess(checks.at("apiServer"), args);
    checkOverlaps(checks, args);
}

function checkVpc(checks: Checks, vpc: EksVpcArgs, region: string): void {
    checks.cidr("cidr", vpc.cidr);
    checkIpv4(checks, { path: "cidr", cidr: vpc.cidr });
    checkPrefix(checks, { path: "cidr", cidr: vpc.cidr }, vpcSizes);
    checks.required("zones", vpc.zones, `two zones of the region, like ["${region}a", "${region}b"]`);
    checkZones(checks, vpc.zones, region);
    checks.oneOf("natGateways", vpc.natGateways, Object.values(NatGateways));
    checks.oneOf("flowLogs", vpc.flowLogs, Object.values(FlowLogs));
    checks.list("interfaceEndpoints", vpc.interfaceEndpoints, (service, nested) =>
        nested.matches("", service, /^[a-z0-9]+([.-][a-z0-9]+)*$/, 'give a service\'s short name, like "ecr.api"'),
    );
    checkUnique(checks, "interfaceEndpoints", vpc.interfaceEndpoints);
    if (vpc.interfaceEndpoints?.includes("s3")) {
        checks.fault("interfaceEndpoints", 'has "s3", which is always reached within AWS, for nothing; leave it out');
    }
    checkWayOut(checks, vpc);
}

function checkWayOut(checks: Checks, { natGateways, interfaceEndpoints = [] }: EksVpcArgs): void {
    const missing = neededEndpoints.filter((service) => !interfaceEndpoints.includes(service));
    if (natGateways === NatGateways.None && missing.length > 0) {
        checks.fault(
            "natGateways",
            `is "none", and "interfaceEndpoints" lacks ${missing.join(", ")}: nodes could not join, pull images or act in the account; add them, or give another value`,
        );
    }
}

function checkZones(checks: Checks, zones: unknown, region: string): void {
    if (!Array.isArray(zones)) {
        return;
    }
    if (zones.length < 2 || zones.length > maximumZones) {
        checks.fault(
            "zones",
            `has ${zones.length} zone${zones.length === 1 ? "" : "s"}; EKS needs two at least, and there is room for ${maximumZones}`,
        );
    }
    (zones as string[]).forEach((zone, index) => checkZone(checks, `zones[${index}]`, zone, region));
    checkUnique(checks, "zones", zones as string[]);
}

/** Notes a zone that is none of the region's. */
export function checkZone(checks: Checks, path: string, zone: unknown, region: string): void {
    if (typeof zone === "string" && !(zone.startsWith(region) && /^[a-z]$/.test(zone.slice(region.length)))) {
        checks.fault(path, `is "${zone}", which is not a zone of the region "${region}"; give one like "${region}a"`);
    }
}

function checkUnique(checks: Checks, path: string, items: readonly string[] | undefined): void {
    (items ?? []).forEach((item, index, all) => {
        const first = all.indexOf(item);
        if (first < index) {
            checks.fault(`${path}[${index}]`, `is "${item}" like ${path}[${first}]; leave it out`);
        }
    });
}

function checkGivenSubnets(checks: Checks, ids: unknown): void {
    checks.required("existingVpc.privateSubnetIds", ids, "the ids of two subnets at least, in different zones");
    checks.list("existingVpc.privateSubnetIds", ids as string[], (id, nested) =>
        nested.matches("", id, /^subnet-[0-9a-f]+$/, 'give an id like "subnet-0a1b2c3d"'),
    );
    if (Array.isArray(ids) && ids.length < 2) {
        checks.fault(
            "existingVpc.privateSubnetIds",
            `has ${ids.length} subnet${ids.length === 1 ? "" : "s"}; EKS needs two at least, in different zones`,
        );
    }
}

function checkServiceCidr(checks: Checks, serviceCidr: string | undefined): void {
    checks.cidr("serviceCidr", serviceCidr);
    checkIpv4(checks, { path: "serviceCidr", cidr: serviceCidr });
    checkPrefix(checks, { path: "serviceCidr", cidr: serviceCidr }, serviceSizes);
    const isV4 = serviceCidr !== undefined && !serviceCidr.includes(":");
    if (isV4 && !privateBlocks.some((block) => isWithin(serviceCidr, block))) {
        checks.fault("serviceCidr", `is "${serviceCidr}"; EKS takes a part of ${privateBlocks.join(", ")} only`);
    }
}

/** What can't be read is said elsewhere, so it passes. */
function isWithin(cidr: string, block: string): boolean {
    const probe = new Checks();
    checkWithin(probe, { path: "", cidr }, { path: "", cidr: block });
    return probe.faults.length === 0;
}

function checkAccess(checks: Checks, { apiServer }: EksClusterArgs): void {
    checkApiServerAccess(checks, apiServer);
    for (const path of ["allowFrom", "privateFrom"] as const) {
        const cidrs = apiServer?.[path];
        checks.list(path, cidrs, (cidr, nested) => checkIpv4(nested, { path: "", cidr }));
    }
    const count = apiServer?.allowFrom?.length ?? 0;
    if (count > maximumPublicCidrs) {
        checks.fault("allowFrom", `has ${count} blocks; EKS takes ${maximumPublicCidrs} at most: join some of them`);
    }
}

function checkOverlaps(checks: Checks, { vpc, serviceCidr, apiServer }: EksClusterArgs): void {
    const networks = (apiServer?.privateFrom ?? []).map((cidr, index) => ({
        path: `apiServer.privateFrom[${index}]`,
        cidr,
    }));
    const services = { path: "serviceCidr", cidr: serviceCidr ?? defaultServiceCidr };
    if (vpc) {
        checkDisjoint(checks, [{ path: "vpc.cidr", cidr: vpc.cidr ?? defaultVpcCidr }, services]);
    }
    // What reaches the private endpoint may lie within the VPC (a bastion), never where Services are.
    for (const network of networks) {
        checkDisjoint(checks, [services, network]);
    }
}
