import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { isIP } from "node:net";
import * as os from "node:os";
import * as path from "node:path";

/** A certificate with its key, in PEM. */
export interface Pair {
    certificate: string;
    privateKey: string;
}

/** An authority that lives in a directory of its own, and makes certificates by the program `openssl`. */
export class TestAuthority {
    private readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-authority-"));
    readonly certificate: string;

    constructor(commonName: string) {
        this.run("req", "-x509", ...newKey("ca.key"), "-days", "2", "-subj", `/CN=${commonName}`, "-out", "ca.crt");
        this.certificate = this.read("ca.crt");
    }

    /** A certificate for a server of these hosts, names or addresses, or for a client without any. */
    issue(commonName: string, hosts: readonly string[] = []): Pair {
        this.run("req", ...newKey("leaf.key"), "-subj", `/CN=${commonName}`, "-out", "leaf.csr");
        const names = hosts.map((host) => `${isIP(host) ? "IP" : "DNS"}:${host}`).join(",");
        const usage = `extendedKeyUsage=${hosts.length > 0 ? "serverAuth" : "clientAuth"}`;
        fs.writeFileSync(
            path.join(this.directory, "leaf.ext"),
            [usage, ...(names ? [`subjectAltName=${names}`] : [])].join("\n"),
        );
        const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "leaf.ext"];
        this.run("x509", "-req", "-in", "leaf.csr", ...signed, "-out", "leaf.crt");
        return { certificate: this.read("leaf.crt"), privateKey: this.read("leaf.key") };
    }

    remove(): void {
        fs.rmSync(this.directory, { recursive: true, force: true });
    }

    private run(...args: string[]): void {
        execFileSync("openssl", args, { cwd: this.directory, stdio: ["ignore", "ignore", "pipe"] });
    }

    private read(file: string): string {
        return fs.readFileSync(path.join(this.directory, file), "utf8");
    }
}

function newKey(file: string): string[] {
    return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", file];
}
