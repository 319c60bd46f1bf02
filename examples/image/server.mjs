/** A function that is an HTTP server of its own, at the port that the platform names. */
import { createServer } from "node:http";

const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url, "http://localhost");
    const greeting = process.env.GREETING ?? "Hello";
    response.setHeader("content-type", "text/plain; charset=utf-8");
    response.end(`${greeting} ${searchParams.get("name") ?? "world"}\n`);
});

server.listen(Number(process.env.PORT ?? 8080), () => console.log(`listening on ${server.address().port}`));

// Kubernetes says so before it ends a pod: calls that run are answered, idle connections are closed.
process.on("SIGTERM", () => server.close());
