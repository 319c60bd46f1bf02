const process = require("node:process");
const { Client } = require("pg");

/** How long PostgreSQL may take, in milliseconds. */
const patience = 2000;

/** The lock keeps two that come first from making the table both; all of it is one transaction. */
const count = `
    SELECT pg_advisory_xact_lock(1);
    CREATE TABLE IF NOT EXISTS visits (at timestamptz NOT NULL DEFAULT now());
    INSERT INTO visits DEFAULT VALUES;
    SELECT count(*) FROM visits;
`;

/** Counts a visit in the PostgreSQL database that the function is bound to. */
exports.countVisit = async () => {
    const { VISITS_HOST, VISITS_PORT, VISITS_DATABASE, VISITS_USER, VISITS_PASSWORD, VISITS_CA_CRT } = process.env;
    const client = new Client({
        host: VISITS_HOST,
        port: Number(VISITS_PORT),
        database: VISITS_DATABASE,
        user: VISITS_USER,
        password: VISITS_PASSWORD,
        // Checks the server's certificate and that it is of this host.
        ssl: { ca: VISITS_CA_CRT },
        connectionTimeoutMillis: patience,
        query_timeout: patience,
    });
    try {
        await client.connect();
        const results = await client.query(count);
        return `This is visit ${results.at(-1).rows[0].count}.`;
    } finally {
        await client.end();
    }
};
