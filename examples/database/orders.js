const process = require("node:process");
const { Client } = require("pg");

/** Takes an order, which is the request's body. Its user owns the database, so it makes the table too. */
exports.add = (request) =>
    withShop(async (shop) => {
        await shop.query("CREATE TABLE IF NOT EXISTS orders (id int GENERATED ALWAYS AS IDENTITY, item text NOT NULL)");
        const { rows } = await shop.query("INSERT INTO orders (item) VALUES ($1) RETURNING id", [request.text()]);
        return { status: 201, body: rows[0] };
    });

/** Says how often each item was ordered. Its user reads the table and can't change it. */
exports.report = () =>
    withShop(async (shop) => {
        const { rows } = await shop.query(
            "SELECT item, count(*)::int AS orders FROM orders GROUP BY item ORDER BY item",
        );
        return { status: 200, body: rows };
    });

/** Connects as the user that the function is bound as. */
async function withShop(work) {
    const { SHOP_HOST, SHOP_PORT, SHOP_DATABASE, SHOP_USER, SHOP_PASSWORD, SHOP_CA_CRT } = process.env;
    const shop = new Client({
        host: SHOP_HOST,
        port: Number(SHOP_PORT),
        database: SHOP_DATABASE,
        user: SHOP_USER,
        password: SHOP_PASSWORD,
        // Checks the server's certificate and that it is of this host.
        ssl: { ca: SHOP_CA_CRT },
        connectionTimeoutMillis: 5000,
    });
    try {
        await shop.connect();
        return await work(shop);
    } finally {
        await shop.end();
    }
}
