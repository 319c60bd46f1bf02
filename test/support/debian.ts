import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { cached } from "../../sandbox/tools/cache";

/**
 * Debian's packages, unpacked into a folder of the cache and not installed; or why they can't be had. Programs find
 * nothing of theirs below `/usr/share`, and only the libraries that the machine has.
 *
 * @param name of the folder, such as `debian-prometheus`
 */
export async function unpackedPackages(
    name: string,
    packages: readonly string[],
): Promise<{ folder: string } | { missing: string }> {
    return unpackedOnce(name, packages.join("+"), (folder) => unpack(folder, packages));
}

function unpack(folder: string, packages: readonly string[]): void {
    const download = () => must("apt-get", [...impatient, "download", ...packages], folder);
    try {
        download();
    } catch {
        // The lists of packages may be missing or old.
        must("apt-get", [...impatient, "update"]);
        download();
    }
    unpackArchives(folder, folder);
}

/** Why packages can't be had, by their folder's name: many suites ask for the same ones. */
const missing = new Map<string, string>();

async function unpackedOnce(
    name: string,
    key: string,
    unpackInto: (folder: string) => void,
): Promise<{ folder: string } | { missing: string }> {
    const known = missing.get(name);
    if (known !== undefined) {
        return { missing: known };
    }
    try {
        const report = (line: string) => console.log(`      ${line}`);
        // eslint-disable-next-line @typescript-eslint/require-await -- the cache fills folders asynchronously
        return { folder: await cached(name, key, report, async (folder) => unpackInto(folder)) };
    } catch (error) {
        const reason = `Debian's packages can't be had: ${(error as Error).message}`;
        missing.set(name, reason);
        return { missing: reason };
    }
}

/** Without a network apt would go on asking for minutes. */
const impatient = ["Retries=1", "http::Timeout=20", "https::Timeout=20"].flatMap((each) => ["-o", `Acquire::${each}`]);

/**
 * Packages of Debian's newest release with every library that they need, the C library among them, in a folder of the
 * cache; or why they can't be had. Their programs run by {@link makeRunnable}.
 *
 * @param name of the folder, such as `newest-mysql`
 */
export async function newestPackages(
    name: string,
    packages: readonly string[],
): Promise<{ folder: string } | { missing: string }> {
    const key = `${packages.join("+")}-${newestRelease}`;
    return unpackedOnce(name, key, (folder) => unpackNewest(folder, packages, debianMirror()));
}

/** The release that servers reach first. Which versions it has changes with time. */
const newestRelease = "sid";

/** Where this machine's Debian has its packages from. */
function debianMirror(): string {
    const find = (): string | undefined => {
        const { stdout } = spawnSync("apt-get", ["indextargets", "--format", "$(ORIGIN) $(RELEASE) $(SITE)"], {
            encoding: "utf8",
        });
        // Neither updates, as `bookworm-updates`, nor security.
        return /^Debian [a-z]+ (\S+)$/m.exec(stdout ?? "")?.[1];
    };
    const found = find();
    if (found !== undefined) {
        return found;
    }
    // Without lists of packages apt tells nothing of where they come from.
    must("apt-get", [...impatient, "update"]);
    const afterwards = find();
    if (afterwards === undefined) {
        throw new Error("apt-get knows no mirror of Debian");
    }
    return afterwards;
}

/** Has apt look at that release alone, as if nothing were installed. */
function unpackNewest(folder: string, packages: readonly string[], mirror: string): void {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), "kubernetes-faas-apt-"));
    const file = (name: string, text = ""): string => {
        fs.writeFileSync(path.join(home, name), text);
        return path.join(home, name);
    };
    const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
    const settings = {
        "Dir::Etc::SourceList": file("sources.list", `deb [signed-by=${keyring}] ${mirror} ${newestRelease} main\n`),
        "Dir::Etc::SourceParts": "/dev/null",
        // Who runs unstable beside another release may rank it so low that nothing of it is installed.
        "Dir::Etc::Preferences": "/dev/null",
        "Dir::Etc::PreferencesParts": "/dev/null",
        "Dir::State": home,
        "Dir::State::Status": file("status"),
        "Dir::Cache": home,
        "APT::Install-Recommends": "false",
        "APT::Sandbox::User": "root",
    };
    const options = [...impatient, ...Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`])];
    try {
        must("apt-get", [...options, "update"]);
        must("apt-get", [...options, "--yes", "--download-only", "install", ...packages]);
        // The rest is what sets a machine up: Perl, the service manager, users.
        const wanted = new RegExp(`^(lib(?!perl|systemd-shared)|${packages.map((name) => `${name}_`).join("|")})`);
        unpackArchives(path.join(home, "archives"), folder, wanted);
    } finally {
        fs.rmSync(home, { recursive: true, force: true });
    }
}

function unpackArchives(from: string, into: string, wanted = /^/): void {
    for (const archive of fs.readdirSync(from).filter((file) => file.endsWith(".deb") && wanted.test(file))) {
        must("dpkg", ["-x", path.join(from, archive), into]);
        fs.rmSync(path.join(from, archive));
    }
}

/** Runs a command to its end, which comes within ten minutes. */
function must(command: string, args: readonly string[], cwd?: string): void {
    const { status, error, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", timeout: 10 * 60_000 });
    if (status !== 0) {
        throw new Error(error?.message ?? stderr.trim());
    }
}

/**
 * Puts a script in the place of every program in a folder, which runs it by the C library of its own release: that may be
 * newer than the machine's, whose programs in turn can't do with it.
 *
 * @param folder with packages of {@link newestPackages}, which stays where it is from then on
 */
export function makeRunnable(folder: string, programs: string): void {
    const [libraries] = fs.readdirSync(path.join(folder, "usr/lib")).filter((name) => name.endsWith("-linux-gnu"));
    const place = path.join(folder, "usr/lib", libraries!);
    const loader = path.join(
        place,
        fs.readdirSync(place).find((name) => name.startsWith("ld-linux"))!,
    );
    for (const entry of fs.readdirSync(path.join(folder, programs), { withFileTypes: true })) {
        const program = path.join(folder, programs, entry.name);
        if (entry.isFile() && isBinary(program)) {
            fs.renameSync(program, `${program}.program`);
            const command = `exec ${loader} --argv0 "$0" --library-path ${place} ${program}.program "$@"`;
            fs.writeFileSync(program, `#!/bin/sh\n${command}\n`, { mode: 0o755 });
        }
    }
}

function isBinary(file: string): boolean {
    const opened = fs.openSync(file, "r");
    const start = Buffer.alloc(4);
    fs.readSync(opened, start);
    fs.closeSync(opened);
    return start.toString("latin1") === "\x7fELF";
}
