import { type MinIoStatement, PolicyEffect } from "./args";
import type { PlannedUser } from "./plan";

/** A policy as the server reads it. */
interface Policy {
    Version: "2012-10-17";
    Statement: {
        Effect: "Allow" | "Deny";
        Action: string[];
        Resource?: string[];
        Condition?: Record<string, Record<string, string[]>>;
    }[];
}

type Statement = Policy["Statement"][number];

/** What a right means, of a bucket and of the objects in it. */
interface Right {
    bucket: string[];
    objects: string[];
}

const reading: Right = {
    bucket: ["s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:ListBucket", "s3:ListBucketVersions"],
    objects: ["s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionTagging"],
};

const adding: Right = {
    bucket: [...reading.bucket, "s3:ListBucketMultipartUploads"],
    objects: [
        ...reading.objects,
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts",
        "s3:PutObject",
        "s3:PutObjectTagging",
    ],
};

/** With what follows from `keepVersions`. */
const writing: Right = { ...adding, objects: [...adding.objects, "s3:DeleteObject", "s3:DeleteObjectTagging"] };

/**
 * Who has a key could make itself further ones by default, which would outlive it, and change its own secret, which the
 * component would not know.
 */
const noAdministration: Statement = { Effect: "Deny", Action: ["admin:*"] };

/**
 * Who has a key could ask for a session of up to a year by it (AssumeRole), which would outlive the key: nothing forbids that
 * request, so that sessions may do nothing. The server knows them by the kind of login, but lets a header of that name
 * stand for what it found itself. What it puts in for `${...}` is its own finding, so the first statement is for sessions
 * that say nothing or the truth, the second one for who says anything else.
 * minio/minio@7aac2a2 cmd/sts-handlers.go, cmd/bucket-policy.go (`getConditionValues`); minio/pkg@v3.1.3
 * policy/condition/value.go (`getValuesByKey`), stringfunc.go (`substitute`)
 */
const noSessions: Statement[] = [
    denySession("StringEquals", "AssumedRole"),
    denySession("StringNotEquals", "${aws:principaltype}"),
];

function denySession(operator: string, kind: string): Statement {
    const Condition = { [operator]: { "aws:principaltype": [kind] } };
    return { Effect: "Deny", Action: ["s3:*"], Resource: [arn("*")], Condition };
}

/**
 * Old versions are what is left when a key falls into wrong hands. Who may delete an object may delete its versions too, as
 * long as nothing forbids it (minio/minio@7aac2a2 cmd/auth-handler.go).
 */
const keepVersions: Statement = { Effect: "Deny", Action: ["s3:DeleteObjectVersion"], Resource: [arn("*")] };

/** What a user may do, as JSON. */
export function policyOf({ reads = [], adds = [], writes = [], statements = [] }: PlannedUser): string {
    return render([
        noAdministration,
        ...noSessions,
        keepVersions,
        ...statementsOf(reads, reading),
        ...statementsOf(adds, adding),
        ...statementsOf(writes, writing),
        ...statements.map(statementOf),
    ]);
}

/**
 * The policy of who reads the metrics and nothing else. It has no word against sessions: the server takes a token for metrics
 * for one, and whoever holds a session signs such tokens with claims of their own choice. There is nothing but metrics to it,
 * and it ends when the administrator's key is another one.
 */
export const metricsPolicy = render([{ Effect: "Allow", Action: ["admin:Prometheus"] }]);

function render(statements: Statement[]): string {
    const policy: Policy = { Version: "2012-10-17", Statement: statements };
    return JSON.stringify(policy);
}

function arn(resource: string): string {
    return `arn:aws:s3:::${resource}`;
}

function statementsOf(buckets: readonly string[], { bucket, objects }: Right): Statement[] {
    return buckets.length === 0
        ? []
        : [
              { Effect: "Allow", Action: bucket, Resource: buckets.map(arn) },
              { Effect: "Allow", Action: objects, Resource: buckets.map((each) => arn(`${each}/*`)) },
          ];
}

function statementOf({ effect, actions, resources, conditions }: MinIoStatement): Statement {
    return {
        Effect: effect === PolicyEffect.Deny ? "Deny" : "Allow",
        Action: actions,
        Resource: resources.map(arn),
        ...(conditions ? { Condition: conditions } : {}),
    };
}
