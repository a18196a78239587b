import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * Stands before the suite's origin and tells it which of a test's requests it is asked. The suite's client says so in a field of
 * its own, which would be in the key of everything that is stored if the zone forwarded it.
 */
export async function numberingOrigin(
  suite: string,
  numberOf: (url: string) => string | undefined,
): Promise<{ url: string; stop(): void }> {
  const server = createServer((asked, answer) => {
    const headers = [...asked.rawHeaders];
    const number = numberOf(asked.url ?? "");
    if (number !== undefined) headers.push("Req-Num", number);
    const path = asked.url ?? "/";
    const options = { method: asked.method, path, headers, agent: false, insecureHTTPParser: true } as const;
    const forwarded = request(suite, options, (response) => {
      answer.writeHead(response.statusCode ?? 500, response.statusMessage, response.rawHeaders);
      response.pipe(answer);
      response.on("error", () => answer.destroy());
    });
    forwarded.on("error", () => asked.socket.destroy());
    asked.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
