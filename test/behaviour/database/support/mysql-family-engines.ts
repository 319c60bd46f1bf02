import { mariadbMember } from "../../../../components/database/mariadb/engine";
import { mysqlMember } from "../../../../components/database/mysql/engine";
import type { FamilyMember } from "../../../../components/database/mysql-family/engine";
import { findMariaDb, findMySql } from "./mysql-family-programs";
import { needed, type Programs } from "./programs";

/** How an engine calls what the suites ask of a copy. */
interface ReplicationWords {
    /** Shows what a copy says of itself, in these columns. */
    status: string;
    receives: string;
    applies: string;
    verifies: string;
    stopReceiving: string;
    start: string;
    stop: string;
}

/** A server of the family as the suites run it. */
export interface TestedEngine {
    member: FamilyMember;
    find: () => Promise<Programs | { missing: string }>;
    /** The program that takes SQL. */
    client: string;
    /** Its options that check the server's certificate. */
    verified: readonly string[];
    /** Its options that do without TLS. */
    plain: readonly string[];
    words: ReplicationWords;
    /** A script in the place of a program, which stands still when a copy is half made; it leaves the file `$RUN/half`. */
    halfCopied: { program: string; script: string };
    /** The table with what is kept of passwords. */
    hashes: string;
    /** Addresses of the pods, but for the last figure. */
    addresses: string;
    port: number;
    metricsPort: number;
}

/** MariaDB. */
export const mariadbUnderTest: TestedEngine = {
    member: mariadbMember,
    find: findMariaDb,
    client: "mariadb",
    verified: ["--ssl-verify-server-cert"],
    plain: ["--skip-ssl"],
    words: {
        status: "SHOW SLAVE STATUS",
        receives: "Slave_IO_Running",
        applies: "Slave_SQL_Running",
        verifies: "Master_SSL_Verify_Server_Cert",
        stopReceiving: "STOP SLAVE IO_THREAD",
        start: "START SLAVE",
        stop: "STOP SLAVE",
    },
    // The dump ends in the beginning of a database.
    halfCopied: {
        program: "mariadb-dump",
        script: 'mariadb-dump "$@" | sed "/^USE .d.;/q"; touch "$RUN/half"; exec sleep 600',
    },
    hashes: "mysql.global_priv",
    addresses: "127.0.3.1",
    port: 13_300,
    metricsPort: 13_350,
};

const mysqlUnderTest: TestedEngine = {
    member: mysqlMember,
    find: findMySql,
    client: "mysql",
    verified: ["--ssl-mode=VERIFY_IDENTITY"],
    plain: ["--ssl-mode=DISABLED", "--get-server-public-key"],
    words: {
        status: "SHOW REPLICA STATUS",
        receives: "Replica_IO_Running",
        applies: "Replica_SQL_Running",
        verifies: "Source_SSL_Verify_Server_Cert",
        stopReceiving: "STOP REPLICA IO_THREAD",
        start: "START REPLICA",
        stop: "STOP REPLICA",
    },
    // The files are there, and follow nobody yet.
    halfCopied: {
        program: "mysqld",
        script: 'case "$*" in *"--datadir=$DATA.new "*) touch "$RUN/half"; exec sleep 600 ;; esac; exec mysqld "$@"',
    },
    hashes: "mysql.user",
    addresses: "127.0.8.1",
    port: 13_400,
    metricsPort: 13_450,
};

/**
 * A suite with each real server of the family, one after the other, which is skipped where that can't be had.
 *
 * @param title of the suite with an engine of that name
 * @param tests declares them; the programs are there once they run
 */
export function describeFamily(
    title: (engine: string) => string,
    tests: (engine: TestedEngine, programs: () => Programs) => void,
): void {
    for (const engine of [mariadbUnderTest, mysqlUnderTest]) {
        describe(title(engine.member.title), function () {
            this.timeout(180_000);
            let programs: Programs | undefined;

            before(async function () {
                this.timeout(10 * 60_000);
                programs = await needed(this, engine.find);
            });

            tests(engine, () => programs!);

            after(() => {
                programs?.remove();
            });
        });
    }
}
