import * as net from "node:net";

/** A free TCP port of 127.0.0.1: the preferred one where it is free. Another process may take it before it is used. */
export function freePort(preferred = 0): Promise<number> {
    return new Promise((resolve, reject) => {
        const server = net.createServer();
        server.on("error", (error) => (preferred ? resolve(freePort()) : reject(error)));
        server.listen(preferred, "127.0.0.1", () => {
            const { port } = server.address() as net.AddressInfo;
            server.close(() => resolve(port));
        });
    });
}
