import assert from "node:assert/strict";
import type { StackRun } from "../../../sandbox";
import { type Place, summarise } from "../../../stacks/summary";

const run = { changed: [{ operation: "create" }], resources: [] } as unknown as StackRun;
const cluster: Place = { directory: "/state", context: "home", kubeconfig: "/home/config", simulated: false };
const password = "correct-horse-battery";

function outputsOf(platform: string, gateway: object, more: object = {}) {
    const service = { namespace: "functions", service: "hello", port: 8080 };
    const functions = { hello: { service, path: "/", urls: ["https://hello.example.com/"] } };
    return Object.fromEntries(
        Object.entries({ platform, gateway, functions, ...more }).map(([name, value]) => [
            name,
            { value, secret: name === "credentials" },
        ]),
    );
}

const openfaas = outputsOf(
    "openfaas",
    { namespace: "openfaas", service: "gateway", port: 8080 },
    { credentials: { username: "admin", password } },
);

describe("the summary of npm start", () => {
    it("says where the platform and its functions are, and how to call them on this cluster", async () => {
        const text = await summarise(cluster, openfaas, run);
        for (const line of [
            "  cluster    home",
            "  platform   openfaas; functions are called through Service openfaas/gateway, which asks for a login for everything else",
            "  function   hello: https://hello.example.com/, http://hello.functions.svc.cluster.local:8080/",
            "npm run call -- --kubeconfig /home/config --context home hello",
        ]) {
            assert.ok(text.includes(line), `no line "${line}" in\n${text}`);
        }
    });

    it("says how to read the password and to go on with faas-cli, and never the password itself", async () => {
        const text = await summarise(cluster, openfaas, run);
        assert.ok(!text.includes(password));
        assert.match(
            text,
            /read the password +kubectl --kubeconfig \/home\/config --context home -n openfaas get secret /,
        );
        assert.match(text, /reach the gateway +kubectl .* port-forward svc\/gateway 8080:8080/);
        assert.match(text, /log in .*\| faas-cli login -u admin --password-stdin/);
    });

    it("leaves out what needs pods where they are simulated", async () => {
        const { functions: _functions, ...outputs } = openfaas;
        const simulated = { ...cluster, simulated: true };
        const text = await summarise(simulated, { ...outputs, functions: { value: {}, secret: false } }, run);
        assert.match(text, /read the password +npm run -s sandbox -- kubectl -n openfaas get secret/);
        assert.doesNotMatch(text, /faas-cli|port-forward/);
        assert.match(text, /remove everything +npm run sandbox -- down/);
    });

    const ingress = {
        ingress: {
            controller: "traefik",
            namespace: "edge",
            urls: { faas: "https://faas.example.com/" },
            caCertificate: "pem",
        },
        passwords: { login: { me: password, "a.b@example.com": password } },
    };

    it("says who may log in at the ingress, how the password is read and a URL called, and never the password", async () => {
        const gateway = { namespace: "fission", service: "router", port: 80 };
        const text = await summarise(cluster, outputsOf("fission", gateway, ingress), run);
        assert.ok(!text.includes(password));
        for (const line of [
            "  ingress    traefik: Service edge/traefik\n",
            "  users      me, a.b@example.com (login)\n",
            "  route      faas: https://faas.example.com/\n",
        ]) {
            assert.ok(text.includes(line), `no line "${line}" in\n${text}`);
        }
        const where = "--kubeconfig /home/config --context home";
        const show = `npm -s start -- ${where} --show`;
        assert.match(text, new RegExp(`password of me +${show} passwords\\.login\\.me\\n`));
        assert.match(text, new RegExp(`kubectl ${where} -n edge port-forward svc/traefik 443:443\\n`));
        assert.ok(
            text.includes(`curl --cacert <(${show} ingress.caCertificate) --user me https://hello.example.com/\n`),
            text,
        );
    });

    it("says of a simulated ingress that nobody answers there, and gives no command that would need it", async () => {
        const gateway = { namespace: "fission", service: "router", port: 80 };
        const outputs = outputsOf("fission", gateway, ingress);
        const text = await summarise(
            { ...cluster, simulated: true },
            { ...outputs, functions: { value: {}, secret: false } },
            run,
        );
        assert.match(text, /its pods are simulated, so https URLs do not answer here/);
        assert.match(text, /password of me +npm -s start -- --show passwords\.login\.me/);
        assert.doesNotMatch(text, /port-forward|curl/);
    });

    it("says where databases and the storage are, and where pods are simulated that nothing answers there", async () => {
        const outputs = outputsOf(
            "fission",
            { namespace: "fission", service: "router", port: 80 },
            {
                databases: { orders: { engine: "postgresql", host: "orders.data.svc", port: 5432 } },
                storage: { kind: "minio", endpoint: "https://minio.data.svc:9000", buckets: ["media", "logs"] },
            },
        );
        const lines = [
            "  database   orders: postgresql at orders.data.svc:5432",
            "  storage    minio at https://minio.data.svc:9000: media, logs",
        ];
        const real = await summarise(cluster, outputs, run);
        const { functions: _functions, ...others } = outputs;
        const none = { value: {}, secret: false };
        const simulated = await summarise({ ...cluster, simulated: true }, { ...others, functions: none }, run);
        for (const line of lines) {
            assert.ok(real.includes(`${line}\n`), real);
            assert.ok(simulated.includes(`${line}; its pods are simulated, so nothing answers there\n`), simulated);
        }
    });

    it("says that a platform without a gateway has none", async () => {
        const outputs = outputsOf("kubeless", { namespace: "kubeless", service: "", port: 8080 });
        const text = await summarise(cluster, outputs, { ...run, changed: [] });
        assert.match(text, /^\nNothing changed\./);
        assert.match(text, /kubeless; it has no gateway, each function has a Service of its own/);
    });
});
