import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Checks, QuantityKind } from "../../../components/core/validation";

type Check = (checks: Checks) => void;

/** What one check says, as the user reads it; `undefined` when it finds nothing. */
function said(check: Check): string | undefined {
    const checks = new Checks();
    check(checks);
    assert.ok(checks.faults.length <= 1, `more than one fault: ${JSON.stringify(checks.faults)}`);
    return checks.faults.map(({ propertyPath, reason }) => `${propertyPath} ${reason}`)[0];
}

const labelRule =
    'use at most 63 lower-case letters, digits and "-", beginning and ending with a letter or digit; did you mean ';
const cpuRule = 'give cores or thousandths of one, like "0.5", "2" or "250m"';
const memoryRule = 'give bytes with a unit, like "256Mi" or "1Gi"';
const storageRule = 'give bytes with a unit, like "10Gi"';
const cidrRule = 'give an address and a prefix length, like "10.0.0.0/8" or "fd00::/8"';
const goRule = 'give numbers with units (ms, s, m, h), like "30s" or "1h30m"';
const cronRule =
    'give five fields (minute hour day-of-month month day-of-week), like "*/15 * * * *", ' +
    "or one of @hourly, @daily, @weekly, @monthly, @yearly";
const hostRule = 'give a host name alone, like "api.example.com" (no wildcard)';
const pathRule = 'give a path that begins with "/", like "/api"';

const refused: [string, Check, string][] = [
    [
        "a name in upper case",
        (checks) => checks.dnsLabel("functionName", "Hello_World"),
        `functionName is "Hello_World", which has upper-case letters; ${labelRule}"hello-world"?`,
    ],
    [
        "a name that is too long",
        (checks) => checks.dnsLabel("functionName", "hello-world", { maximum: 5 }),
        'functionName is "hello-world", which has 11 characters; use at most 5 lower-case letters, digits and "-", beginning and ending with a letter or digit; did you mean "hello"?',
    ],
    [
        "a Service name that begins with a digit",
        (checks) => checks.dnsLabel("service", "1st", { letterFirst: true }),
        'service is "1st", which begins with a digit; use at most 63 lower-case letters, digits and "-", beginning with a letter and ending with a letter or digit',
    ],
    [
        "a subdomain with an underscore",
        (checks) => checks.dnsSubdomain("secretName", "db_login.v1"),
        'secretName is "db_login.v1", which has characters that are not allowed; use at most 253 lower-case letters, digits, "-" and ".", with a letter or digit at both ends of each part; did you mean "db-login.v1"?',
    ],
    [
        "a runtime that is spelled wrong",
        (checks) => checks.oneOf("runtime", "nodjes", ["nodejs", "python"]),
        'runtime is "nodjes", which is not known here; use one of "nodejs", "python"; did you mean "nodejs"?',
    ],
    [
        "a value like no other",
        (checks) => checks.oneOf("runtime", "cobol", ["nodejs", "python"]),
        'runtime is "cobol", which is not known here; use one of "nodejs", "python"',
    ],
    [
        "a property that is spelled wrong",
        (checks) => checks.at("scaling").knownKeys("", { minimun: 1 }, ["minimum", "maximum"]),
        'scaling.minimun is not known here; known are "minimum", "maximum"; did you mean "minimum"?',
    ],
    [
        "a fraction for a whole number",
        (checks) => checks.integer("replicas", 1.5, { minimum: 1, maximum: 9 }),
        "replicas is 1.5; give a whole number from 1 to 9",
    ],
    [
        "a number below its minimum",
        (checks) => checks.integer("timeoutSeconds", -1, { minimum: 1 }),
        "timeoutSeconds is -1; give a whole number 1 or more",
    ],
    [
        "a number in quotes",
        (checks) => checks.integer("replicas", "3" as unknown as number),
        'replicas is "3", a text; give a whole number',
    ],
    ["not a number", (checks) => checks.number("ratio", NaN, { maximum: 1 }), "ratio is NaN; give a number 1 or less"],
    ["port 0", (checks) => checks.port("port", 0), "port is 0; give a whole number from 1 to 65535"],
    [
        "a number where a text belongs",
        (checks) => checks.quantity("size", 10 as unknown as string, QuantityKind.Storage),
        "size is 10, a number; give a text",
    ],
    [
        "storage without a unit",
        (checks) => checks.quantity("size", "10", QuantityKind.Storage),
        `size is "10", which has no unit, so it means bytes; ${storageRule}; did you mean "10Gi"?`,
    ],
    [
        "storage in GB",
        (checks) => checks.quantity("size", "10 GB", QuantityKind.Storage),
        `size is "10 GB", which is not a Kubernetes quantity; ${storageRule}; did you mean "10Gi"?`,
    ],
    [
        "memory in thousandths of a byte",
        (checks) => checks.quantity("memoryLimit", "128m", QuantityKind.Memory),
        `memoryLimit is "128m", which is a fraction of a byte; ${memoryRule}; did you mean "128Mi"?`,
    ],
    [
        "processor time in bytes",
        (checks) => checks.quantity("cpuLimit", "1Gi", QuantityKind.Cpu),
        `cpuLimit is "1Gi", which is a unit of bytes, not of processor time; ${cpuRule}`,
    ],
    [
        "processor time finer than the API server takes it",
        (checks) => checks.quantity("cpuLimit", "0.0005", QuantityKind.Cpu),
        `cpuLimit is "0.0005", which is finer than a thousandth of a core; ${cpuRule}; did you mean "1m"?`,
    ],
    [
        "no storage at all",
        (checks) => checks.quantity("size", "0Gi", QuantityKind.Storage),
        `size is "0Gi", which is not more than zero; ${storageRule}`,
    ],
    [
        "storage below its minimum",
        (checks) => checks.quantity("size", "1Gi", QuantityKind.Storage, { minimum: "8Gi" }),
        'size is "1Gi", which is too small; give 8Gi or more',
    ],
    [
        "a duration without a unit",
        (checks) => checks.duration("timeout", "30"),
        `timeout is "30", which is not a duration; ${goRule}; did you mean "30s"?`,
    ],
    [
        "days, which Go does not know",
        (checks) => checks.duration("timeout", "2d"),
        `timeout is "2d", which is not a duration; ${goRule}; did you mean "48h"?`,
    ],
    [
        "a duration above its maximum",
        (checks) => checks.duration("retention", "1y", { dialect: "prometheus", maximum: "90d" }),
        'retention is "1y", which is too long; give 90d or less',
    ],
    [
        "a schedule with seconds",
        (checks) => checks.cron("cron", "0 */5 * * * *"),
        `cron is "0 */5 * * * *", which has 6 fields; ${cronRule}; did you mean "*/5 * * * *"?`,
    ],
    [
        "Sunday as 7",
        (checks) => checks.cron("cron", "0 4 * * 7"),
        `cron is "0 4 * * 7", which has the day of the week 7, while Sunday is 0; ${cronRule}; did you mean "0 4 * * 0"?`,
    ],
    [
        "the last day of the month",
        (checks) => checks.cron("cron", "0 4 L * *"),
        `cron is "0 4 L * *", which has a field that CronJobs do not understand; ${cronRule}`,
    ],
    [
        "hour 25",
        (checks) => checks.cron("cron", "0 25 * * *"),
        `cron is "0 25 * * *", which has a number, name, range or step that its field does not have; ${cronRule}`,
    ],
    [
        "30 February",
        (checks) => checks.cron("cron", "0 4 30 2 *"),
        `cron is "0 4 30 2 *", which names a date that never comes; ${cronRule}`,
    ],
    [
        "a schedule with a time zone",
        (checks) => checks.cron("cron", "TZ=Europe/Berlin 0 4 * * *"),
        'cron is "TZ=Europe/Berlin 0 4 * * *", which names a time zone; give the time zone in its own argument; did you mean "0 4 * * *"?',
    ],
    [
        "an unknown shortcut",
        (checks) => checks.cron("cron", "@reboot"),
        `cron is "@reboot", which is not a known shortcut; ${cronRule}`,
    ],
    [
        "a bare address",
        (checks) => checks.cidr("allow[0]", "10.0.0.1"),
        `allow[0] is "10.0.0.1", which has no prefix length; ${cidrRule}; did you mean "10.0.0.1/32"?`,
    ],
    [
        "a bare IPv6 address",
        (checks) => checks.cidr("allow[0]", "2001:db8::1"),
        `allow[0] is "2001:db8::1", which has no prefix length; ${cidrRule}; did you mean "2001:db8::1/128"?`,
    ],
    [
        "an address inside its block",
        (checks) => checks.cidr("allow[0]", "10.1.2.3/8"),
        'allow[0] is "10.1.2.3/8", which has bits set behind its prefix; give the first address of the block; did you mean "10.0.0.0/8"?',
    ],
    [
        "a prefix that IPv4 does not have",
        (checks) => checks.cidr("allow[0]", "10.0.0.0/33"),
        `allow[0] is "10.0.0.0/33", which has a prefix length that is not a number from 0 to 32; ${cidrRule}`,
    ],
    [
        "octal digits in an address",
        (checks) => checks.cidr("allow[0]", "010.0.0.0/8"),
        `allow[0] is "010.0.0.0/8", which does not begin with an IP address; ${cidrRule}`,
    ],
    [
        "a URL as a host",
        (checks) => checks.hostName("host", "https://API.example.com:8443/v1"),
        `host is "https://API.example.com:8443/v1", which is not a host name; ${hostRule}; did you mean "api.example.com"?`,
    ],
    [
        "a host beyond ASCII",
        (checks) => checks.hostName("host", "bücher.example"),
        `host is "bücher.example", which is not a host name; ${hostRule}; did you mean "xn--bcher-kva.example"?`,
    ],
    [
        "an address as a host",
        (checks) => checks.hostName("host", "192.0.2.1"),
        `host is "192.0.2.1", which is an IP address; ${hostRule}`,
    ],
    [
        "a wildcard where none is taken",
        (checks) => checks.hostName("host", "*.example.com"),
        `host is "*.example.com", which has a wildcard; ${hostRule}`,
    ],
    [
        "a URL without a scheme",
        (checks) => checks.url("issuer", "example.com/realm"),
        'issuer is "example.com/realm", which is not a whole URL; give a whole URL, like "https://example.com/path"; did you mean "https://example.com/realm"?',
    ],
    [
        "a URL of another scheme",
        (checks) => checks.url("issuer", "ftp://example.com", { schemes: ["https"] }),
        'issuer is "ftp://example.com", which has a scheme other than https; give a whole URL, like "https://example.com/path"',
    ],
    [
        "a login in a URL, without repeating it",
        (checks) => checks.url("webhook", "https://admin:hunter2@example.com/"),
        "webhook is a secret value, which holds a user name or password; give those in arguments of their own",
    ],
    [
        "a path without its slash",
        (checks) => checks.path("path", "api"),
        `path is "api", which does not begin with "/"; ${pathRule}; did you mean "/api"?`,
    ],
    [
        "a path with a query",
        (checks) => checks.path("path", "/api?x=1"),
        `path is "/api?x=1", which holds a query or fragment; ${pathRule}`,
    ],
    [
        "a path that climbs",
        (checks) => checks.path("path", "/api/../admin"),
        `path is "/api/../admin", which has empty parts, "." or ".." in it; ${pathRule}`,
    ],
    [
        "the root as a mount path",
        (checks) => checks.mountPath("path", "/"),
        'path is "/", which is the root of the file system; give a directory in the container, like "/var/lib/data"',
    ],
    [
        "an environment variable with a minus",
        (checks) => checks.environmentName("variable", "LOG-LEVEL"),
        'variable is "LOG-LEVEL", which is not a name that every shell can read; use letters, digits and "_", not beginning with a digit; did you mean "LOG_LEVEL"?',
    ],
    [
        "a label key with two prefixes",
        (checks) => checks.labelKey("labels", "a/b/c"),
        'labels is "a/b/c", which has a prefix that is too long or has characters that are not allowed before the "/"; use a DNS name as the prefix, like "example.com/name"',
    ],
    [
        "a label value with a space",
        (checks) => checks.labelValue("labels.team", "team blue"),
        'labels.team is "team blue", which has characters that are not allowed, or not there; use at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends; did you mean "team-blue"?',
    ],
    [
        "a port name of digits",
        (checks) => checks.portName("ports[0].name", "8080"),
        'ports[0].name is "8080", which is not a port name; use at most 15 lower-case letters, digits and single "-", with at least one letter',
    ],
    ["spaces for a text", (checks) => checks.nonEmpty("key", "  "), "key is empty; give at least one character"],
    ["an empty list", (checks) => checks.nonEmpty("hosts", []), "hosts is empty; give at least one entry"],
    [
        "what is missing",
        (checks) => checks.required("host", undefined, 'a host name: "api.example.com"'),
        'host is missing; give a host name: "api.example.com"',
    ],
    [
        "two of which only one may be given",
        (checks) => checks.exclusive(["code", "image"], { code: "x", image: "y" }),
        'image can\'t go together with "code"; give only one of "code" and "image"',
    ],
    [
        "none of which one must be given",
        (checks) => checks.exclusive(["code", "image"], {}, { required: true }),
        'code is missing; give one of "code" and "image"',
    ],
    [
        "a short secret, without repeating it",
        (checks) => checks.secret.length("password", "hunter2", { minimum: 12 }),
        "password is a secret value, which has 7 characters; give a text of 12 or more characters",
    ],
    [
        "a form of the component's own",
        (checks) => checks.matches("version", "latest", /^\d+\.\d+$/, 'use a version like "1.36"'),
        'version is "latest", which does not have the right form; use a version like "1.36"',
    ],
    [
        "a map where a list belongs",
        (checks) => checks.list("routes", {} as unknown as string[], () => undefined),
        "routes is a map; give a list",
    ],
    [
        "a list where a map belongs",
        (checks) => checks.map("labels", [] as unknown as Record<string, string>, () => undefined),
        "labels is a list; give a map",
    ],
];

describe("a refused argument is told by value, reason and fix", () => {
    for (const [title, check, message] of refused) {
        it(title, () => assert.equal(said(check), message));
    }

    it("shows a long value shortened and on one line", () => {
        const message = said((checks) => checks.path("path", `line\n${"x".repeat(500)}`));

        assert.ok(message!.length < 300, message);
        assert.ok(!message!.includes("\n"));
    });
});

describe("an argument that is right, missing or not known yet is passed", () => {
    const passed: [string, Check][] = [
        ["a label", (checks) => checks.dnsLabel("p", "a-1")],
        ["a label that begins with a digit", (checks) => checks.dnsLabel("p", "1a")],
        ["a subdomain", (checks) => checks.dnsSubdomain("p", "a.b-c.d1")],
        [
            "bytes without a unit, when there are enough of them",
            (checks) => checks.quantity("p", "1073741824", "memory"),
        ],
        ["tenths of a core", (checks) => checks.quantity("p", "0.1", "cpu")],
        ["an exponent", (checks) => checks.quantity("p", "1e9", "storage")],
        ["a Go duration", (checks) => checks.duration("p", "1h0.5s")],
        ["a Prometheus duration", (checks) => checks.duration("p", "1d12h", { dialect: "prometheus" })],
        ["29 February", (checks) => checks.cron("p", "0 0 29 2 *")],
        ["names, lists, ranges and steps", (checks) => checks.cron("p", "0,30 8-18/2 ? jan-MAR mon,fri")],
        ["a step from a number on", (checks) => checks.cron("p", "5/10 * * * *")],
        ["a shortcut", (checks) => checks.cron("p", "@daily")],
        ["an interval", (checks) => checks.cron("p", "@every 90m")],
        ["every address", (checks) => checks.cidr("p", "0.0.0.0/0")],
        ["an IPv6 block", (checks) => checks.cidr("p", "2001:db8::/32")],
        ["a wildcard where one is taken", (checks) => checks.hostName("p", "*.example.com", { wildcard: true })],
        ["a URL with a port and a path", (checks) => checks.url("p", "http://localhost:8080/a?b=c")],
        ["an escaped path", (checks) => checks.path("p", "/a%20b/c")],
        ["a prefixed label key", (checks) => checks.labelKey("p", "example.com/Team_1")],
        ["an empty label value", (checks) => checks.labelValue("p", "")],
        ["one of two", (checks) => checks.exclusive(["a", "b"], { b: 0 }, { required: true })],
        ["nothing", (checks) => checks.dnsLabel("p", undefined)],
        ["a promise", (checks) => checks.dnsLabel("p", Promise.resolve("Not A Label"))],
        ["an Output", (checks) => checks.cidr("p", pulumi.output("nowhere"))],
        ["a secret", (checks) => checks.nonEmpty("p", pulumi.secret(""))],
        [
            "a list that is an Output",
            (checks) => checks.list("p", pulumi.output(["x"]), (_, each) => each.fault("", "")),
        ],
    ];
    for (const [title, check] of passed) {
        it(title, () => assert.equal(said(check), undefined));
    }
});

describe("a collector", () => {
    it("finds everything, in order, below the right paths", () => {
        const checks = new Checks();
        checks.list("routes", [{ port: 80 }, { port: 0 }], (route, nested) => nested.port("port", route.port));
        checks.map("environment", { OK: "x", "A-B": "y" }, (key, _, entry) => entry.environmentName("", key));
        checks.list("hosts", ["a", "B"], (host, nested) => nested.hostName("", host));
        checks.at("scaling").at("target").fault("cpu", "is odd");
        checks.at("placement").include([{ propertyPath: "tolerations[0].key", reason: "is odd" }]);
        checks.fault("", "is odd");

        assert.deepEqual(
            checks.faults.map((fault) => fault.propertyPath),
            [
                "routes[1].port",
                'environment["A-B"]',
                "hosts[1]",
                "scaling.target.cpu",
                "placement.tolerations[0].key",
                "args",
            ],
        );
    });

    it("keeps a secret view secret in what is nested", () => {
        const checks = new Checks();
        checks.secret
            .at("login")
            .list("passwords", ["hunter2"], (item, nested) => nested.length("", item, { minimum: 9 }));

        assert.deepEqual(checks.faults, [
            {
                propertyPath: "login.passwords[0]",
                reason: "is a secret value, which has 7 characters; give a text of 9 or more characters",
            },
        ]);
    });
});
