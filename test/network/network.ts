import { env, exports } from "cloudflare:workers";
import { vi } from "vitest";
import { WorkersCache } from "../support/workers-cache.ts";
import type { Between } from "./between.ts";
import { Clock } from "./clock.ts";
import { LaggingKv } from "./lagging-kv.ts";
import { Location } from "./location.ts";
import { dataIn, NamedRecord } from "./named-record.ts";
import { randomOf } from "./seeded.ts";
import { Site, tagOf } from "./site.ts";

/** How long an origin takes, ms: at least, and by how much more at most. */
const ORIGIN_MS = 20;
const SLOWER_MS = 80;

/** A simulated network: locations of the real Worker, and the real control plane far away from them. */
export class Network {
  readonly clock: Clock;
  readonly between: Between;
  readonly locations: readonly Location[];
  readonly #sites = new Map<string, Site>();
  #asked = 0;
  account = "";
  #keys: { live: string; resolvedb: string } | null = null;

  /** @param rate how many times as fast as ours its time runs */
  static async start(options: {
    locations: number;
    isolates: number;
    rate: number;
    kvLag: number;
    hasTier: boolean;
    hasCopies: boolean;
    seed: number;
  }): Promise<Network> {
    const network = new Network(options);
    const made = await network.call("POST", "/admin/accounts", {
      name: "Network",
      email: `network-${crypto.randomUUID()}@example.com`,
      plan: "enterprise",
    });
    network.account = (made.account as { id: string }).id;
    network.#keys = made.keys as { live: string; resolvedb: string };
    return network;
  }

  private constructor({
    locations,
    isolates,
    rate,
    kvLag,
    hasTier,
    hasCopies,
    seed,
  }: Parameters<typeof Network.start>[0]) {
    const random = randomOf(seed);
    this.clock = Clock.start(rate);
    const kv = new LaggingKv(this.clock);
    let replies = 0;
    this.between = {
      clock: this.clock,
      kv,
      cache: new WorkersCache(),
      hasTier,
      hasCopies,
      random,
      feedIsDown: false,
      lostReplies: { next: () => ++replies },
    };
    const run = crypto.randomUUID().slice(0, 8);
    this.locations = Array.from(
      { length: locations },
      (_, index) => new Location(`location-${run}-${index}`, coloOf(index), isolates, kvLag, this.between),
    );
    vi.spyOn(globalThis, "fetch").mockImplementation((input, init) =>
      this.#origin(new Request(input as Request, init as RequestInit)),
    );
    for (const level of ["info", "warn", "error"] as const)
      vi.spyOn(console, level).mockImplementation(() => undefined);
  }

  stop(): void {
    this.clock.stop();
  }

  /** Makes a zone, by the API. */
  async site(settings: Record<string, unknown> = {}): Promise<Site> {
    const site = new Site(`net-${crypto.randomUUID().slice(0, 12)}`);
    this.#sites.set(`${site.name}.example`, site);
    await this.call("POST", "/v1/zones", { name: site.name, origin: `https://${site.name}.example`, settings });
    return site;
  }

  /** Stores a record in a namespace of its own, by the API. */
  async record(): Promise<NamedRecord> {
    const record = new NamedRecord((method, path, body) => this.call(method, path, body));
    await record.store();
    return record;
  }

  /** How often all origins were asked. */
  get asked(): number {
    return this.#asked;
  }

  /** A call of the API. @throws where it is refused */
  async call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const headers = {
      "content-type": "application/json",
      "cf-connecting-ip": `198.18.0.${Math.floor(Math.random() * 250)}`,
      ...this.#credentials(path),
    };
    const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
    const answer = await exports.default.fetch(`http://api.rescdn.localhost${path}`, init);
    const said = (await answer.json()) as Record<string, unknown>;
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(said)}`);
    return said;
  }

  #credentials(path: string): Record<string, string> {
    if (this.#keys === null) return { authorization: `Bearer ${env.ADMIN_TOKEN}` };
    const { live, resolvedb } = this.#keys;
    return path.startsWith("/api/v1") ? { authorization: `Bearer ${resolvedb}` } : { "x-rescdn-key": live };
  }

  /** What a client in a location is answered: the version of the object, which must be the one that it asked for. */
  async ask(location: number, site: Site, path: string, isolate = 0): Promise<{ version: number; cache: string }> {
    const { answer, text } = await this.locations[location]!.get(`http://${site.host}${path}`, isolate);
    const cache = answer.headers.get("cache-status") ?? "";
    if (answer.status !== 200) throw new Error(`${site.host}${path}: ${answer.status} ${cache} ${text}`);
    const [host, asked, version] = text.split(" ");
    if (host !== `${site.name}.example` || asked !== path)
      throw new Error(`a wrong object for ${site.host}${path}: ${text}`);
    return { version: Number(version), cache };
  }

  /** What a resolver in a location is answered for a name: the text of its record, or what it is told in its place. */
  async resolve(location: number, name: string): Promise<string> {
    const url = `http://dns.resolvedb.localhost/resolve?type=TXT&name=${name}.resolvedb.net`;
    const { answer, text } = await this.locations[location]!.resolve(url);
    if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${text}`);
    return dataIn(text);
  }

  async #origin(request: Request): Promise<Response> {
    const { hostname, pathname, search } = new URL(request.url);
    const site = this.#sites.get(hostname);
    if (site === undefined) throw new Error(`nobody is at ${request.url}`);
    site.asked++;
    this.#asked++;
    const path = pathname + search;
    const version = site.version(path);
    const headers = { "cache-control": "max-age=86400", etag: `"${version}"`, "cache-tag": tagOf(path) };
    await this.clock.wait(ORIGIN_MS + this.between.random() * SLOWER_MS);
    if (request.headers.get("if-none-match") === headers.etag) return new Response(null, { status: 304, headers });
    return new Response(`${hostname} ${path} ${version}`, { headers });
  }
}

/** IATA codes that no airport has. */
function coloOf(index: number): string {
  return `X${String.fromCharCode(65 + Math.floor(index / 26), 65 + (index % 26))}`;
}
