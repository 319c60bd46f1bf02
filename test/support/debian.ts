import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
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
    if (spawnSync("apt-get", ["--version"]).error || spawnSync("dpkg", ["--version"]).error) {
        return { missing: "there is no apt-get" };
    }
    try {
        const report = (line: string) => console.log(`      ${line}`);
        return { folder: await cached(name, packages.join("+"), report, (folder) => unpack(folder, packages)) };
    } catch (error) {
        return { missing: `Debian's packages can't be had: ${(error as Error).message}` };
    }
}

// eslint-disable-next-line @typescript-eslint/require-await -- the cache fills folders asynchronously
async function unpack(folder: string, packages: readonly string[]): Promise<void> {
    const download = () => spawnSync("apt-get", ["download", ...packages], { cwd: folder, encoding: "utf8" });
    let { status, stderr } = download();
    if (status !== 0) {
        // The lists of packages may be missing or old.
        spawnSync("apt-get", ["update"]);
        ({ status, stderr } = download());
    }
    if (status !== 0) {
        throw new Error(stderr.trim());
    }
    for (const archive of fs.readdirSync(folder).filter((file) => file.endsWith(".deb"))) {
        const { status: unpacked, stderr: reason } = spawnSync("dpkg", ["-x", archive, "."], {
            cwd: folder,
            encoding: "utf8",
        });
        if (unpacked !== 0) {
            throw new Error(reason.trim());
        }
        fs.rmSync(path.join(folder, archive));
    }
}
