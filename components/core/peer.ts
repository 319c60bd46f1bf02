/**
 * Makes sure that packages are there which only some programs need, before a module is loaded that would fail for want of
 * one with a message about a path within it.
 *
 * @param entry the entry point that needs them: `kubernetes-faas/gcp`
 * @throws Error that says what to install.
 */
export function requirePeers(entry: string, ...packages: string[]): void {
    const missing = packages.filter((name) => !isInstalled(name));
    if (missing.length > 0) {
        const names = missing.join(" ");
        throw new Error(`${entry} needs ${missing.join(" and ")}, which is not installed: npm install ${names}`);
    }
}

function isInstalled(name: string): boolean {
    try {
        require.resolve(`${name}/package.json`);
        return true;
    } catch {
        return false;
    }
}
