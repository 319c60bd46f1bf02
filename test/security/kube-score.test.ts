import assert from "node:assert/strict";
import type { Manifest } from "../../components/testing";
import { canBuildKubeScore, criticalFindings, findKubeScore, type Finding } from "./support/kube-score";
import { evaluate, programTitles } from "./support/programs";

/** A finding that is accepted, and why. */
interface Accepted {
    check: string;
    /** The objects it is accepted for. */
    objects: RegExp;
    reason: string;
}

const accepted: Accepted[] = [
    {
        check: "container-image-pull-policy",
        objects: /./,
        reason:
            "wants `Always`. Every image is pinned (see Images), so that the copy on the node is the one that is meant; " +
            "`Always` would keep pods from starting while the registry can't be reached",
    },
    {
        check: "pod-probes-identical",
        objects:
            /^Deployment (cert-manager-cainjector|cluster-autoscaler|external-dns|nats|storagesvc|traefik|webhook)$/,
        reason: "the server has one thing to ask; the probe that restarts it begins later and asks less often",
    },
    {
        check: "networkpolicy-targets-pod",
        objects:
            /^NetworkPolicy fission-((poolmgr|newdeploy|container|builds)-in|namespace)-(functions|shop|billing)\b/,
        reason: "is for pods that Fission makes when functions are called",
    },
    {
        check: "networkpolicy-targets-pod",
        objects: /^NetworkPolicy fission-storagesvc-to-store-ingress$/,
        reason: "is for the pods of an object store that another component makes",
    },
    {
        check: "networkpolicy-targets-pod",
        objects: /^NetworkPolicy cert-manager-letsencrypt-challenges-shop$/,
        reason: "is for pods that cert-manager makes while an authority asks for a proof",
    },
    {
        check: "networkpolicy-targets-pod",
        objects: /^NetworkPolicy shop-access-(deny-all|dns)$/,
        reason: "is for a namespace that holds a token and may have no pods, by its quota",
    },
    {
        check: "container-security-context-user-group-id",
        objects: /^(StatefulSet|Job|CronJob) (visits|\w+-orders)(-(access|backup|restore|restore-test))?$/,
        reason: "runs as user 999 of the database's image, whose programs refuse a user without a name or without a home",
    },
    {
        check: "pod-probes-identical",
        objects: /^StatefulSet (mariadb|mysql)-orders$/,
        reason: "without a login the server has one thing to ask; the probe that restarts it asks less often",
    },
    {
        check: "networkpolicy-targets-pod",
        objects: /^NetworkPolicy hello-to-(database-visits|storage)-egress$/,
        reason: "is for pods that Fission makes when the function is called",
    },
    {
        check: "service-targets-pod",
        objects: /^Service (visits|(mariadb|mysql|postgresql|redis)-orders)$/,
        reason: "leads to the one pod that takes writes, by a label that the controller of StatefulSets gives",
    },
];

function isAccepted({ check, object }: Finding): boolean {
    return accepted.some((entry) => entry.check === check && entry.objects.test(object));
}

/** What no scanner lets pass. */
const planted: Manifest = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "planted" },
    spec: {
        selector: { matchLabels: { app: "planted" } },
        template: {
            metadata: { labels: { app: "planted" } },
            spec: { containers: [{ name: "main", image: "main:latest", securityContext: { privileged: true } }] },
        },
    },
};

describe("kube-score", function () {
    this.timeout(15 * 60_000);
    let kubeScore: string;
    const findings: Finding[] = [];
    before(async function () {
        if (!canBuildKubeScore()) {
            console.log("      skipped: kube-score has to be built, and there is no Go on PATH");
            this.skip();
        }
        kubeScore = await findKubeScore();
        for (const title of programTitles) {
            findings.push(...criticalFindings(kubeScore, (await evaluate(title)).objects));
        }
    });

    it("finds nothing critical in any program, but for the table of what is accepted", () => {
        assert.deepEqual(
            findings.filter((finding) => !isAccepted(finding)),
            [],
        );
    });

    it("still finds everything that is accepted", () => {
        for (const { check, objects } of accepted) {
            const found = findings.some((finding) => finding.check === check && objects.test(finding.object));
            assert.ok(found, `${check} of ${objects.source} is accepted, and nobody finds it`);
        }
    });

    it("finds what is planted", () => {
        const found = criticalFindings(kubeScore, [planted]).map(({ check }) => check);
        for (const check of ["container-image-tag", "container-resources", "container-security-context-privileged"]) {
            assert.ok(found.includes(check), `${check} is not among ${found.join(", ")}`);
        }
    });
});
