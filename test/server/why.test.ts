import { Agent, createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN_TOKEN, newAccount } from "./new-account.ts";
import { request } from "./request.ts";
import { startServe, stopServers } from "./serve-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const API = "api.rescdn.localhost";
const WHY = "/v1/why?url=http://shop.rescdn.localhost/a.css";

const stateDir = temporaryFolder("why");
let origin: Server;

beforeAll(async () => {
  origin = createServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "text/css" }).end("a{}");
  });
  await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
});

afterAll(async () => {
  await stopServers();
  origin.close();
});

/** A client with one connection, which one process has taken. */
function clientOf(port: number, key: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const get = (host: string, path: string) =>
    new Promise<{ xCache: string | undefined; text: string }>((resolve, reject) => {
      const options = { host: "127.0.0.1", port, path, agent, headers: { Host: host, "X-ResCDN-Key": key } };
      const outgoing = httpRequest(options, (incoming) => {
        let text = "";
        incoming.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        incoming.on("end", () => resolve({ xCache: incoming.headers["x-cache"] as string | undefined, text }));
      });
      outgoing.on("error", reject).end();
    });
  return {
    asset: () => get("shop.rescdn.localhost", "/a.css"),
    why: async () => JSON.parse((await get(API, WHY)).text),
    close: () => agent.destroy(),
  };
}

describe("GET /v1/why of npm run serve", () => {
  it("with WORKERS=2 tells what is stored in the process that answers, and asks the origin from there", async () => {
    const server = await startServe({ STATE_DIR: stateDir, ADMIN_TOKEN, ALLOW_PRIVATE_ORIGINS: "true", WORKERS: "2" });
    const { port } = server;
    const { live } = await newAccount(port);
    const headers = { "X-ResCDN-Key": live };
    const url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`;
    const made = await request(port, API, "/v1/zones", {
      method: "POST",
      headers,
      body: { name: "shop", origin: url },
    });
    expect(made.status, made.body).toBe(201);

    const one = clientOf(port, live);
    expect((await one.why()).decision.kind).toBe("fetch");
    expect((await one.asset()).xCache).toBe("MISS");
    expect(await one.why()).toMatchObject({ decision: { kind: "hit" }, stored: { size: 3 }, location: "LOCAL" });
    one.close();
    // That all of these reach the same process does not happen.
    const kinds = new Set<string>();
    for (let n = 0; n < 40; n++) {
      const client = clientOf(port, live);
      kinds.add((await client.why()).decision.kind);
      client.close();
    }
    expect([...kinds].sort()).toEqual(["fetch", "hit"]);

    const body = { origin: url, path: "/a.css" };
    const check = await request(port, API, "/v1/origin-check", { method: "POST", headers, body });
    expect(JSON.parse(check.body), check.body).toMatchObject({ reachable: true, verdict: { stored: true } });
    expect(await server.stop()).toBe(0);
  });
});
