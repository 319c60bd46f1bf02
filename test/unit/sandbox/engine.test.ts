import assert from "node:assert/strict";
import { createRequire } from "node:module";
import * as http2 from "node:http2";
import type { AddressInfo } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import "../../../sandbox/engine";

/** The part of grpc-js that the SDK's clients are made of. */
interface Grpc {
    Client: new (address: string, credentials: unknown, options: unknown) => GrpcClient;
    credentials: { createInsecure(): unknown };
}

interface GrpcClient {
    makeUnaryRequest(
        path: string,
        serialise: (value: Buffer) => Buffer,
        parse: (value: Buffer) => Buffer,
        request: Buffer,
        answer: (error: { code: number } | null) => void,
    ): void;
    close(): void;
}

/** The SDK's own copy: connections are shared within one. */
const grpc = createRequire(require.resolve("@pulumi/pulumi"))("@grpc/grpc-js") as Grpc;

/** A client as the SDK makes them to talk to an engine. */
function client(port: number): GrpcClient {
    const { grpcClientOptions } = pulumi.runtime as unknown as { grpcClientOptions: unknown };
    return new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), grpcClientOptions);
}

/** A server that knows no method. */
function listen(port = 0): Promise<http2.Http2Server> {
    const server = http2.createServer();
    server.on("stream", (stream) => stream.respond({ ":status": 404 }, { endStream: true }));
    return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
}

const identity = (value: Buffer): Buffer => value;

/** The status of a call: some other error when it is answered, unavailable without a connection. */
const call = (each: GrpcClient): Promise<number | undefined> =>
    new Promise((resolve) =>
        each.makeUnaryRequest("/engine/method", identity, identity, Buffer.alloc(0), (error) => resolve(error?.code)),
    );

// https://grpc.io/docs/guides/status-codes/
const unavailable = 14;

describe("a client of the engine", () => {
    it("does not inherit the failed connection to an earlier engine on the same port", async () => {
        const earlier = await listen();
        const { port } = earlier.address() as AddressInfo;
        await new Promise((resolve) => earlier.close(resolve));
        const failed = client(port);
        assert.equal(await call(failed), unavailable);

        const engine = await listen(port);
        const fresh = client(port);
        assert.notEqual(await call(fresh), unavailable);
        failed.close();
        fresh.close();
        engine.close();
    });
});
