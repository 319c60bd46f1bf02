import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
    MinikubeCluster,
    type MinikubeClusterArgs,
    MinikubeDriver,
    MinikubeNetwork,
    validateMinikubeCluster,
} from "../../../components/cluster";
import { dataLosses } from "../../../components/core/data-guard";
import type { Recording } from "../../../components/testing";
import { record, valueOf } from "../support/mocks";

const minimal: MinikubeClusterArgs = { kubernetesVersion: "1.36.2" };

const make = (args: Partial<MinikubeClusterArgs> = {}): Promise<Recording<MinikubeCluster>> =>
    record(() => new MinikubeCluster("dev", { ...minimal, ...args }));

/** The inputs of the one command. */
async function commandsOf(
    args: Partial<MinikubeClusterArgs> = {},
): Promise<Record<"create" | "update" | "delete", string>> {
    const { resources } = await make(args);
    const [command] = resources.filter(({ type }) => type === "command:local:Command");
    return command!.inputs as Record<"create" | "update" | "delete", string>;
}

const faults = (args: Partial<MinikubeClusterArgs>, name = "dev"): string[] =>
    validateMinikubeCluster(name, { ...minimal, ...args }).map(
        ({ propertyPath, reason }) => `${propertyPath} ${reason}`,
    );

describe("MinikubeCluster", () => {
    it("is one command, named after it, that starts a profile with Calico, containerd and embedded certificates", async () => {
        const { resources } = await make();
        assert.deepEqual(
            resources.filter(({ type }) => !type.startsWith("pulumi:")).map(({ type, name }) => `${type} ${name}`),
            ["kubernetes-faas:index:MinikubeCluster dev", "command:local:Command dev-profile"],
        );
        const { create } = await commandsOf();
        assert.ok(
            create.includes(
                "minikube start --profile=dev --kubernetes-version=v1.36.2 --cni=calico --container-runtime=containerd " +
                    "--cpus=2 --memory=4096m --disk-size=20g --nodes=1 --embed-certs --keep-context --interactive=false --wait=all",
            ),
            create,
        );
    });

    it("hands on every argument", async () => {
        const { create } = await commandsOf({
            profile: "big",
            driver: MinikubeDriver.Kvm,
            network: MinikubeNetwork.Cilium,
            containerRuntime: "cri-o",
            cpus: 8,
            memoryMib: 16_384,
            diskGib: 100,
            nodes: 3,
            kubeconfig: "~/.kube/minikube",
        });
        assert.ok(create.includes('export KUBECONFIG="$HOME/.kube/minikube"'), create);
        for (const flag of ["profile=big", "driver=kvm2", "cni=cilium", "container-runtime=cri-o", "cpus=8"]) {
            assert.ok(create.includes(` --${flag} `), flag);
        }
        for (const flag of ["memory=16384m", "disk-size=100g", "nodes=3"]) {
            assert.ok(create.includes(` --${flag} `), flag);
        }
    });

    it("gives a cluster in the profile's context, whose kubeconfig is a path and reaches the state as a secret", async () => {
        const { result } = await make({ profile: "big" });
        const { cluster } = result;
        assert.equal(cluster.context, "big");
        assert.equal(await valueOf(cluster.kubeconfig), "~/.kube/config");
        assert.equal(await pulumi.isSecret(cluster.kubeconfig as pulumi.Output<string>), true);
        assert.equal(await valueOf(cluster.clusterIdentifier), "big-dev-profile-id");
        assert.deepEqual(
            [
                cluster.traits.cloud,
                cluster.traits.exposure,
                cluster.traits.storageClass,
                cluster.traits.networkPolicies,
            ],
            ["local", "NodePort", "standard", true],
        );
        const bridged = await make({ network: MinikubeNetwork.Bridge });
        assert.equal(bridged.result.cluster.traits.networkPolicies, false);
    });

    it("is protected from deletion when that is asked for", async () => {
        const command = async (args: Partial<MinikubeClusterArgs>): Promise<unknown> =>
            (await make(args)).resources.find(({ name }) => name === "dev-profile")!.options.protect;
        assert.equal(await command({ deletionProtection: true }), true);
        assert.notEqual(await command({}), true);
    });

    it("refuses at preview what would need a new profile, and lets the version change", async () => {
        const inputs = async (args: Partial<MinikubeClusterArgs>): Promise<Record<string, unknown>> =>
            (await make(args)).resources.find(({ type }) => type.endsWith(":MinikubeCluster"))!.inputs;
        const losses = async (args: Partial<MinikubeClusterArgs>): Promise<string[]> =>
            dataLosses(await inputs({}), await inputs(args)).map(({ propertyPath }) => propertyPath);
        assert.deepEqual(await losses({ kubernetesVersion: "1.37.0", kubeconfig: "~/other" }), []);
        assert.deepEqual(
            await losses({
                profile: "other",
                driver: MinikubeDriver.Docker,
                network: MinikubeNetwork.Bridge,
                containerRuntime: "docker",
                cpus: 4,
                memoryMib: 8192,
                diskGib: 40,
                nodes: 2,
            }),
            ["containerRuntime", "cpus", "diskGib", "driver", "memoryMib", "network", "nodes", "profile"],
        );
    });

    it("lists all that is wrong at once, and nothing that could reach a shell unquoted passes", () => {
        assert.deepEqual(
            faults({
                kubernetesVersion: "1.36",
                profile: "a b; rm -rf /",
                driver: "dockr" as MinikubeDriver,
                network: "none" as MinikubeNetwork,
                containerRuntime: "podman" as "docker",
                cpus: 1,
                memoryMib: 512,
                diskGib: 1,
                nodes: 0,
                kubeconfig: "$(reboot)",
            }).map((fault) => fault.split(" ")[0]),
            [
                ...["profile", "kubernetesVersion", "driver", "network", "containerRuntime"],
                ...["cpus", "memoryMib", "diskGib", "nodes", "kubeconfig"],
            ],
        );
        assert.match(faults({ driver: "dockr" as MinikubeDriver })[0]!, /did you mean "docker"\?/);
    });

    it("refuses a Kubernetes that Minikube does not start", () =>
        assert.deepEqual(faults({ kubernetesVersion: "1.27.16" }), [
            "kubernetesVersion is 1.27.16, but Minikube v1.38.1 needs Kubernetes 1.28 or later",
        ]));

    it("says which package is missing, and is loaded without it", () => {
        const script = `
            const Module = require("node:module");
            const load = Module._load;
            Module._load = (name, ...rest) => {
                if (name.startsWith("@pulumi/command")) throw Object.assign(new Error(name), { code: "MODULE_NOT_FOUND" });
                return load(name, ...rest);
            };
            const { MinikubeCluster } = require("./dist/components/cluster");
            try { new MinikubeCluster("dev", { kubernetesVersion: "1.36.2" }); } catch (error) { console.log(error.message); }`;
        const root = path.resolve(__dirname, "../../../..");
        assert.equal(
            execFileSync(process.execPath, ["-e", script], { cwd: root, encoding: "utf8" }),
            'A MinikubeCluster runs minikube by the package "@pulumi/command", which is not installed: npm install @pulumi/command\n',
        );
    }).timeout(60_000);
});

/** A stand-in for minikube: keeps profiles as files, and a log of what it was told. */
const standIn = `#!/bin/sh
set -eu
echo "$* KUBECONFIG=$KUBECONFIG" >>"$HOME/log"
profile=$(printf '%s\\n' "$@" | sed -n 's/^--profile=//p')
case "$1" in
profile)
    list=$(for file in "$HOME"/profiles/*; do [ -e "$file" ] && printf '{"Name":"%s","Status":"Skipped"},' "$(basename "$file")"; done || true)
    echo "{\\"invalid\\":[],\\"valid\\":[\${list%,}]}" ;;
start)
    touch "$HOME/profiles/$profile"
    [ ! -e "$HOME/fail" ] || { echo "no driver" >&2; exit 69; } ;;
delete) rm "$HOME/profiles/$profile" ;;
esac
`;

describe("the commands of a MinikubeCluster, run by /bin/sh with a stand-in for minikube", () => {
    let home: string;
    let commands: Awaited<ReturnType<typeof commandsOf>>;
    beforeEach(async () => {
        home = fs.mkdtempSync(path.join(os.tmpdir(), "minikube-"));
        fs.mkdirSync(path.join(home, "profiles"));
        fs.mkdirSync(path.join(home, "bin"));
        fs.writeFileSync(path.join(home, "bin/minikube"), standIn, { mode: 0o755 });
        commands = await commandsOf();
    });
    afterEach(() => fs.rmSync(home, { recursive: true }));

    const run = (command: string, bin = `${home}/bin`): { status: number | null; stderr: string } =>
        spawnSync("/bin/sh", ["-c", command], { env: { HOME: home, PATH: `${bin}:/usr/bin:/bin` }, encoding: "utf8" });
    const profiles = (): string[] => fs.readdirSync(path.join(home, "profiles"));
    const log = (): string => fs.readFileSync(path.join(home, "log"), "utf8");

    it("make, upgrade and delete a profile, in the kubeconfig that is named", () => {
        assert.equal(run(commands.create).status, 0);
        assert.deepEqual(profiles(), ["dev"]);
        assert.equal(run(commands.update).status, 0);
        assert.equal(run(commands.delete).status, 0);
        assert.deepEqual(profiles(), []);
        const told = log().trim().split("\n");
        assert.deepEqual(
            told.map((line) => line.split(" ")[0]),
            ["profile", "start", "profile", "start", "profile", "delete"],
        );
        assert.ok(
            told.every((line) => line.endsWith(`KUBECONFIG=${home}/.kube/config`)),
            log(),
        );
    });

    it("never take over a profile that is there, and leave it as it is", () => {
        fs.writeFileSync(path.join(home, "profiles/dev"), "data");
        const { status, stderr } = run(commands.create);
        assert.equal(status, 1);
        assert.match(
            stderr,
            /^The Minikube profile "dev" is there already\. Use it by a LocalCluster with context: "dev"/,
        );
        assert.equal(fs.readFileSync(path.join(home, "profiles/dev"), "utf8"), "data");
        assert.doesNotMatch(log(), /start|delete/);
    });

    it("do not take a profile whose name only begins alike for it", () => {
        fs.writeFileSync(path.join(home, "profiles/dev2"), "");
        assert.equal(run(commands.create).status, 0);
        assert.deepEqual(profiles(), ["dev", "dev2"]);
    });

    it("remove what a failed start has left, and fail as it did, so that the next attempt begins anew", () => {
        fs.writeFileSync(path.join(home, "fail"), "");
        const { status, stderr } = run(commands.create);
        assert.equal(status, 69);
        assert.match(stderr, /no driver/);
        assert.deepEqual(profiles(), []);
    });

    it("keep the profile when an upgrade fails", () => {
        run(commands.create);
        fs.writeFileSync(path.join(home, "fail"), "");
        assert.equal(run(commands.update).status, 69);
        assert.deepEqual(profiles(), ["dev"]);
    });

    it("refuse to upgrade a profile that is gone, instead of making an empty one", () => {
        const { status, stderr } = run(commands.update);
        assert.equal(status, 1);
        assert.match(stderr, /is gone, and what was in it\. Remove it from the state too/);
        assert.deepEqual(profiles(), []);
    });

    it("count a profile that is gone as deleted", () => assert.equal(run(commands.delete).status, 0));

    it("say what to install where there is no minikube", () => {
        const { status, stderr } = run(commands.create, "/nowhere");
        assert.equal(status, 1);
        assert.match(stderr, /^minikube is not on PATH; install it: https:/);
    });
});
