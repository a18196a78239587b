import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { type Listening, listen } from "../origins/listen.ts";
import { CustomHostnamesApi } from "../support/custom-hostnames-api.ts";
import { FakeResolver } from "../support/resolver.ts";

/** A resolver and Cloudflare's API behind one port of the loopback. */
export interface Network {
  resolver: FakeResolver;
  api: CustomHostnamesApi;
  /** What a server is started with to ask them. */
  env: Record<string, string>;
  close(): Promise<void>;
}

export async function startNetwork(): Promise<Network> {
  const resolver = new FakeResolver();
  const api = new CustomHostnamesApi();
  let listening: Listening | null = null;
  const server = createServer(async (incoming, outgoing) => {
    const url = new URL(incoming.url ?? "/", listening!.url);
    const body = await buffer(incoming);
    const method = incoming.method ?? "GET";
    try {
      const answer =
        url.pathname === "/dns-query"
          ? await resolver.answer(new Request(url, { method, body: new Uint8Array(body) }), url.href)
          : api.answer(method, url, incoming.headers.authorization ?? null, body.toString());
      const { status, headers } = answer!;
      outgoing.writeHead(status, Object.fromEntries(headers)).end(Buffer.from(await answer!.arrayBuffer()));
    } catch (error) {
      // One that is silent leaves its client waiting.
      if ((error as Error).name !== "TimeoutError") incoming.socket.destroy();
    }
  });
  listening = await listen(server);
  const env = {
    DOH_RESOLVER: `${listening.url}/dns-query`,
    CLOUDFLARE_API_TOKEN: api.token,
    CLOUDFLARE_SAAS_ZONE_ID: api.zone,
    CLOUDFLARE_API_BASE: `${listening.url}/client/v4`,
  };
  return { resolver, api, env, close: listening.close };
}
