import * as ec2 from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import type { EksClusterArgs, EksVpcArgs } from "./args";
import { childOptions } from "../../core/deletion";
import { named, partitionOf } from "./names";
import { defaultVpcCidr, planZones, type ZonePlan } from "./plan";

/** What the rest of the cluster needs to know of its network. */
export interface ClusterNetwork {
    readonly vpcId: pulumi.Input<string>;
    readonly privateSubnetIds: pulumi.Input<string>[];
    readonly publicSubnetIds: pulumi.Input<string>[];
    /** Addresses of the private subnets, in which the API server's private endpoint has its own. */
    readonly privateCidrs: pulumi.Input<string>[];
    /** The private subnet of each zone; empty where the VPC is given. */
    readonly subnetOfZone: Readonly<Record<string, pulumi.Output<string>>>;
    /** What must be there before a node can reach anything, and go after the last one. */
    readonly ready: readonly pulumi.Resource[];
}

/** Marks subnets for load balancers. https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html */
const internalLoadBalancers = { "kubernetes.io/role/internal-elb": "1" };
const publicLoadBalancers = { "kubernetes.io/role/elb": "1" };

/** A VPC that is there. */
export function givenNetwork(args: EksClusterArgs, parent: pulumi.Resource): ClusterNetwork {
    const { vpcId, privateSubnetIds } = args.existingVpc!;
    return {
        vpcId,
        privateSubnetIds,
        publicSubnetIds: [],
        privateCidrs: privateSubnetIds.map((id) => ec2.getSubnetOutput({ id }, { parent }).cidrBlock),
        subnetOfZone: {},
        ready: [],
    };
}

/** A VPC for the cluster alone. */
export function makeNetwork(name: string, args: EksClusterArgs, parent: pulumi.Resource): ClusterNetwork {
    return new NetworkMaker(name, args.vpc!, args, parent).make();
}

/** Makes the parts of one VPC; all of them share a name, tags and a parent. */
class NetworkMaker {
    private readonly zones: ZonePlan[];
    private readonly opts: pulumi.CustomResourceOptions;

    constructor(
        private readonly name: string,
        private readonly vpc: EksVpcArgs,
        private readonly args: EksClusterArgs,
        parent: pulumi.Resource,
    ) {
        this.zones = planZones(vpc);
        this.opts = childOptions(parent);
    }

    make(): ClusterNetwork {
        const vpc = this.makeVpc();
        const publicSubnets = this.makeSubnets(vpc, "public", publicLoadBalancers, ({ publicCidr }) => publicCidr);
        const privateSubnets = this.makeSubnets(
            vpc,
            "private",
            internalLoadBalancers,
            ({ privateCidr }) => privateCidr,
        );
        const publicRoutes = this.makePublicRoutes(vpc, publicSubnets);
        const gateways = this.makeNatGateways(publicSubnets, publicRoutes);
        const tables = this.makePrivateTables(vpc);
        const privateRoutes = this.makePrivateRoutes(tables, privateSubnets, gateways);
        const endpoints = this.makeEndpoints(vpc, privateSubnets, tables);
        const ids = privateSubnets.map(({ id }) => id);
        return {
            vpcId: vpc.id,
            privateSubnetIds: ids,
            publicSubnetIds: publicSubnets.map(({ id }) => id),
            privateCidrs: this.zones.map(({ privateCidr }) => privateCidr),
            subnetOfZone: Object.fromEntries(this.zones.map(({ zone }, index) => [zone, ids[index]!])),
            ready: [...publicRoutes, ...privateRoutes, ...endpoints],
        };
    }

    private makeVpc(): ec2.Vpc {
        const vpc = new ec2.Vpc(
            `${this.name}-vpc`,
            {
                cidrBlock: this.vpc.cidr ?? defaultVpcCidr,
                // The private endpoint's name is known inside of the VPC only with both.
                enableDnsSupport: true,
                enableDnsHostnames: true,
                tags: named(this.name, this.args.tags),
            },
            this.opts,
        );
        // Every VPC has a security group that lets its members talk; without rules nothing can be in it by accident.
        new ec2.DefaultSecurityGroup(
            `${this.name}-default`,
            { vpcId: vpc.id, ingress: [], egress: [], tags: named(`${this.name}-unused`, this.args.tags) },
            this.opts,
        );
        return vpc;
    }

    private makeSubnets(
        vpc: ec2.Vpc,
        kind: "private" | "public",
        marks: Record<string, string>,
        cidrOf: (zone: ZonePlan) => string,
    ): ec2.Subnet[] {
        return this.zones.map(
            (zone) =>
                new ec2.Subnet(
                    `${this.name}-${kind}-${zone.letter}`,
                    {
                        vpcId: vpc.id,
                        availabilityZone: zone.zone,
                        cidrBlock: cidrOf(zone),
                        mapPublicIpOnLaunch: false,
                        tags: { ...named(`${this.name}-${kind}-${zone.letter}`, this.args.tags), ...marks },
                    },
                    this.opts,
                ),
        );
    }

    private makePublicRoutes(vpc: ec2.Vpc, subnets: ec2.Subnet[]): pulumi.Resource[] {
        const gateway = new ec2.InternetGateway(
            `${this.name}-internet`,
            { vpcId: vpc.id, tags: named(this.name, this.args.tags) },
            this.opts,
        );
        const table = this.makeTable(vpc, "public");
        const route = new ec2.Route(
            `${this.name}-public`,
            { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id },
            this.opts,
        );
        return [route, ...this.associate("public", subnets, () => table)];
    }

    /** By the letter of the zone that each is in. */
    private makeNatGateways(subnets: ec2.Subnet[], routes: pulumi.Resource[]): Record<string, ec2.NatGateway> {
        const wanted = new Set(this.zones.map(({ natLetter }) => natLetter));
        const made = this.zones.flatMap(({ letter }, index) => {
            if (!wanted.has(letter)) {
                return [];
            }
            const tags = named(`${this.name}-nat-${letter}`, this.args.tags);
            const address = new ec2.Eip(`${this.name}-nat-${letter}`, { domain: "vpc", tags }, this.opts);
            const gateway = new ec2.NatGateway(
                `${this.name}-nat-${letter}`,
                { subnetId: subnets[index]!.id, allocationId: address.id, connectivityType: "public", tags },
                { ...this.opts, dependsOn: routes },
            );
            return [[letter, gateway] as const];
        });
        return Object.fromEntries(made);
    }

    /** One per zone even with a single NAT gateway: so a change to one per zone edits a route and replaces no subnet. */
    private makePrivateTables(vpc: ec2.Vpc): ec2.RouteTable[] {
        return this.zones.map(({ letter }) => this.makeTable(vpc, `private-${letter}`));
    }

    private makePrivateRoutes(
        tables: ec2.RouteTable[],
        subnets: ec2.Subnet[],
        gateways: Record<string, ec2.NatGateway>,
    ): pulumi.Resource[] {
        const routes = this.zones.flatMap(({ letter, natLetter }, index) =>
            natLetter === undefined
                ? []
                : [
                      new ec2.Route(
                          `${this.name}-private-${letter}`,
                          {
                              routeTableId: tables[index]!.id,
                              destinationCidrBlock: "0.0.0.0/0",
                              natGatewayId: gateways[natLetter]!.id,
                          },
                          this.opts,
                      ),
                  ],
        );
        return [...routes, ...this.associate("private", subnets, (index) => tables[index]!)];
    }

    private makeTable(vpc: ec2.Vpc, suffix: string): ec2.RouteTable {
        return new ec2.RouteTable(
            `${this.name}-${suffix}`,
            { vpcId: vpc.id, tags: named(`${this.name}-${suffix}`, this.args.tags) },
            this.opts,
        );
    }

    private associate(
        kind: string,
        subnets: ec2.Subnet[],
        tableOf: (index: number) => ec2.RouteTable,
    ): ec2.RouteTableAssociation[] {
        return subnets.map(
            (subnet, index) =>
                new ec2.RouteTableAssociation(
                    `${this.name}-${kind}-${this.zones[index]!.letter}`,
                    { subnetId: subnet.id, routeTableId: tableOf(index).id },
                    this.opts,
                ),
        );
    }

    private makeEndpoints(vpc: ec2.Vpc, subnets: ec2.Subnet[], tables: ec2.RouteTable[]): pulumi.Resource[] {
        const s3 = new ec2.VpcEndpoint(
            `${this.name}-s3`,
            {
                vpcId: vpc.id,
                serviceName: this.serviceName("s3"),
                vpcEndpointType: "Gateway",
                routeTableIds: tables.map(({ id }) => id),
                tags: named(`${this.name}-s3`, this.args.tags),
            },
            this.opts,
        );
        const services = this.vpc.interfaceEndpoints ?? [];
        return services.length === 0 ? [s3] : [s3, ...this.makeInterfaceEndpoints(vpc, subnets, services)];
    }

    private makeInterfaceEndpoints(vpc: ec2.Vpc, subnets: ec2.Subnet[], services: string[]): pulumi.Resource[] {
        const group = new ec2.SecurityGroup(
            `${this.name}-endpoints`,
            {
                vpcId: vpc.id,
                description: `Interface endpoints of ${this.name}`,
                ingress: [
                    {
                        description: "HTTPS from the VPC",
                        protocol: "tcp",
                        fromPort: 443,
                        toPort: 443,
                        cidrBlocks: [this.vpc.cidr ?? defaultVpcCidr],
                    },
                ],
                egress: [],
                tags: named(`${this.name}-endpoints`, this.args.tags),
            },
            this.opts,
        );
        return services.map(
            (service) =>
                new ec2.VpcEndpoint(
                    `${this.name}-${service.replaceAll(".", "-")}`,
                    {
                        vpcId: vpc.id,
                        serviceName: this.serviceName(service),
                        vpcEndpointType: "Interface",
                        privateDnsEnabled: true,
                        subnetIds: subnets.map(({ id }) => id),
                        securityGroupIds: [group.id],
                        tags: named(`${this.name}-${service}`, this.args.tags),
                    },
                    this.opts,
                ),
        );
    }

    private serviceName(service: string): string {
        const prefix = partitionOf(this.args.region) === "aws-cn" && service !== "s3" ? "cn.com" : "com";
        return `${prefix}.amazonaws.${this.args.region}.${service}`;
    }
}
