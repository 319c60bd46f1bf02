/**
 * Actions by which a user could make a bucket public, drop it, change what the component says of it, lift its locks or take
 * earlier versions away. minio/pkg@v3.1.3 policy/action.go
 */
const administrative = [
    "BypassGovernanceRetention",
    "CreateBucket",
    "DeleteBucket",
    "DeleteBucketCors",
    "DeleteBucketPolicy",
    "DeleteObjectVersion",
    "ForceDeleteBucket",
    "PutBucketCors",
    "PutBucketNotification",
    "PutBucketObjectLockConfiguration",
    "PutBucketPolicy",
    "PutBucketTagging",
    "PutBucketVersioning",
    "PutEncryptionConfiguration",
    "PutLifecycleConfiguration",
    "PutObjectLegalHold",
    "PutReplicationConfiguration",
    "ReplicateDelete",
    "ReplicateObject",
    "ReplicateTags",
    "ResetBucketReplicationState",
].map((name) => `s3:${name}`);

/** The administrative action that an action is or, by `*` at its end, takes in. */
export function administrativeAction(action: string): string | undefined {
    const beginning = action.replace(/\*$/, "");
    return administrative.find((each) => (action.endsWith("*") ? each.startsWith(beginning) : each === action));
}
