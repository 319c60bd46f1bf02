/**
 * Whether machines of a type have AWS' own ARM processors: those have a "g" after the generation's number (`m7g.large`,
 * `c6gn.xlarge`, `is4gen.large`), and the first of them is `a1`.
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 */
export function isArm(machineType: string): boolean {
    return /^(a1|[a-z]+\d+g[a-z]*)\./.test(machineType);
}

/** What a machine type of EC2 looks like: `m7i.xlarge`, `u7i-12tb.224xlarge`. */
export const machineTypePattern = /^[a-z]+[0-9]*[a-z0-9-]*\.([0-9]*x?large|nano|micro|small|medium|metal(-[0-9]+xl)?)$/;
