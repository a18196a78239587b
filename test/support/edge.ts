import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, expect, vi } from "vitest";
import type { ZoneSettings } from "../../src/zones/settings.ts";
import type { ZoneDocument } from "../../src/zones/zone.ts";
import { zoneDocument } from "./zone-document.ts";

/** One step of an origin's script. It is a function, because a body belongs to the request that it was made in. */
export type Line = (request: Request) => Response | Promise<Response>;

/** A step that is held back until `open` is called. */
export function held(line: Line): { line: Line; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const heldLine: Line = async (request) => {
    await promise;
    return line(request);
  };
  return { line: heldLine, open: resolve };
}

/** The server behind a zone, as a script: it answers step by step (the last one repeats), and remembers its requests. */
export class Origin {
  readonly url: string;
  readonly requests: Request[] = [];
  #script: Line[] = [];

  constructor(url: string) {
    this.url = url;
  }

  /** How many requests it got. */
  get hits(): number {
    return this.requests.length;
  }

  /** Replaces the rest of the script. */
  answers(...script: Line[]): this {
    this.#script = script;
    return this;
  }

  async answer(request: Request): Promise<Response> {
    this.requests.push(request);
    const line = this.#script.length > 1 ? this.#script.shift() : this.#script[0];
    if (line === undefined) throw new Error(`the origin has no line for ${request.url}`);
    return line(request);
  }
}

const origins = new Map<string, Origin>();
let unexpected: string[] = [];
let cached: string[] = [];
let count = 0;

/**
 * Replaces the network: scripted origins answer, and any other URL fails the test, as does a request that a cache below the
 * product's could answer. The clock stands still until it is moved.
 */
export function playEdge(): void {
  beforeEach(() => {
    unexpected = [];
    cached = [];
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-11-22T10:00:00Z") });
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      const request = new Request(input as Request, init as RequestInit);
      if (request.cache !== "no-store") cached.push(request.url);
      const origin = origins.get(new URL(request.url).origin);
      if (origin === undefined) {
        unexpected.push(request.url);
        throw new Error(`unexpected request to ${request.url}`);
      }
      const answered = origin.answer(request);
      const { signal } = request;
      return await new Promise<Response>((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
        answered.then(resolve, reject);
      });
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.useRealTimers();
    expect(unexpected, "requests to hosts that are no origin of the test").toEqual([]);
    expect(cached, "requests that may be answered by the cache of our own Cloudflare zone").toEqual([]);
  });
}

/** Moves the clock. */
export function pass(seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1000);
}

/** A zone in the zone table with its own origin, and its client. */
export interface Play {
  zone: ZoneDocument;
  origin: Origin;
  /** A request to the zone. */
  get(path: string, init?: RequestInit): Promise<Response>;
  /** Publishes a changed zone, which has effect once the edge has read the table again. */
  publish(change: Partial<ZoneDocument>): Promise<void>;
}

/** Puts a zone into the zone table. */
export async function play(settings: Partial<ZoneSettings> = {}, change: Partial<ZoneDocument> = {}): Promise<Play> {
  const name = `play-${++count}-${crypto.randomUUID().slice(0, 8)}`;
  const origin = originAt(`https://${name}.example`);
  const zone = zoneDocument(settings, { id: `zone_${name}`, name, origin: origin.url, ...change });
  const put = () => env.ZONES.put(`zone:${name}`, JSON.stringify(zone));
  await put();
  return {
    zone,
    origin,
    get: (path, init) => exports.default.fetch(new Request(`http://${name}.rescdn.localhost${path}`, init)),
    async publish(changed) {
      Object.assign(zone, { version: zone.version + 1, ...changed });
      await put();
      // In one step, so anything under way meanwhile becomes a minute older at once.
      pass(61);
      await env.CHANGE_FEED.getByName("zones").append(`zone:${name}`, zone.version);
    },
  };
}

/** A scripted origin at a URL. */
export function originAt(url: string): Origin {
  const origin = new Origin(url);
  origins.set(url, origin);
  return origin;
}

/** A step that answers with a body. */
export function asset(body: string | Uint8Array | null, headers: Record<string, string> = {}, status = 200): Line {
  return () => new Response(body, { status, headers });
}
