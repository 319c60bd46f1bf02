/**
 * What `prepare.sh` asks the other members of a set. It runs inside `mongosh`, which loads it by `require`, so it imports
 * nothing of this package at run time.
 */

/** A connection of mongosh, as far as it is used here. */
export interface ShellDatabase {
    getSiblingDB(name: string): ShellDatabase;
    /** Rejects with an error that has `code` when the server refuses. */
    runCommand(command: object): Promise<unknown>;
}

/** mongosh's own `connect`. */
export type Connect = (uri: string) => Promise<ShellDatabase>;

/**
 * The hosts that are members of a set; one that can't be asked is none.
 *
 * @param options what follows the host in the URI
 */
export async function membersOfSets(connect: Connect, hosts: readonly string[], options: string): Promise<string[]> {
    const found = await Promise.all(
        hosts.map(async (host) => {
            try {
                const database = await connect(`mongodb://${host}/${options}`);
                const { setName } = (await database.runCommand({ hello: 1 })) as { setName?: string };
                return setName === undefined ? [] : [host];
            } catch {
                return [];
            }
        }),
    );
    return found.flat();
}
