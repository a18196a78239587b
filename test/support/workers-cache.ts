/** How the Worker behind the cache is called; `key`: `cf.cacheKey`, if the caller sets one. */
export interface CachedCall {
  entrypoint: string;
  props: unknown;
  request: Request;
  key?: string;
}

type Worker = (request: Request) => Promise<Response>;

/** A stored response. */
interface Stored {
  status: number;
  headers: [string, string][];
  body: Uint8Array<ArrayBuffer>;
  storedAt: number;
  lifetime: number;
  /** How long it is served stale while it is fetched again, and while that fails, seconds. */
  swr: number;
  sie: number;
  vary: Record<string, string | null>;
}

/** In the key whatever the caller says, to prevent poisoning. */
const IN_THE_KEY = ["x-forwarded-host", "x-forwarded-scheme", "x-http-method-override", "x-method-override"];

/** How long responses without a lifetime are kept, by status, in seconds. */
const HEURISTIC: Readonly<Record<number, number>> = { 200: 7_200, 301: 7_200, 302: 1_200, 404: 180, 410: 180 };

/** The tier above the locations, which is one place. */
const UPPER = "the upper tier";

const FOREVER = Number.MAX_SAFE_INTEGER;

/**
 * A double of Workers Cache, as its documents describe it (August 2026). It is in front of an entrypoint, with a tier for each
 * location and one above them. It follows RFC 9111, with `Vary` to the letter, and evaluates conditionals and ranges against
 * stored responses. It serves stale responses on errors for ever unless something forbids it, and turns HEAD into GET. For each
 * key, a location makes one call at a time, whose answer is streamed to those who wait; calls whose answer cannot be kept
 * follow one another. Where the documents are silent it does the worst: a body of unknown length that breaks off is kept as if
 * it were complete.
 */
export class WorkersCache {
  readonly #lower = new Map<string, Map<string, Stored[]>>();
  readonly #upper = new Map<string, Stored[]>();
  /** Calls under way, by place and key. */
  readonly #locks = new Map<string, Promise<unknown>>();
  /** How often each location called it, and how often it called the Worker. */
  readonly counts = { calls: 0, runs: 0 };
  /** While this is true every call fails, as on a platform that is down. */
  isDown = false;

  /** Answers a call from a location, from the cache or with the Worker. */
  async fetch(location: string, call: CachedCall, worker: Worker): Promise<Response> {
    this.counts.calls++;
    if (this.isDown) throw new Error("Workers Cache is down");
    const run: Worker = (request) => {
      this.counts.runs++;
      return worker(request);
    };
    const { request } = call;
    if ((request.method !== "GET" && request.method !== "HEAD") || request.headers.has("authorization")) {
      return run(request);
    }
    const key = keyOf(call);
    const lower = this.#storeOf(location);
    const released: (() => void)[] = [];
    for (const place of [location, UPPER]) {
      for (;;) {
        const fresh = this.#freshIn(lower, key, request) ?? this.#freshIn(this.#upper, key, request);
        if (fresh !== null) {
          put(lower, key, fresh);
          for (const release of released) release();
          return answer(fresh, request);
        }
        const underWay = this.#locks.get(`${place} ${key}`);
        if (underWay === undefined) break;
        await underWay;
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#locks.set(`${place} ${key}`, promise);
      released.push(() => {
        this.#locks.delete(`${place} ${key}`);
        resolve();
      });
    }
    const end = () => {
      for (const release of released.splice(0)) release();
    };
    try {
      return await this.#forward(lower, key, request, run, end);
    } catch (error) {
      end();
      throw error;
    }
  }

  #storeOf(location: string): Map<string, Stored[]> {
    const store = this.#lower.get(location) ?? new Map<string, Stored[]>();
    this.#lower.set(location, store);
    return store;
  }

  #freshIn(store: Map<string, Stored[]>, key: string, request: Request): Stored | null {
    const stored = select(store, key, request);
    return stored !== null && ageOf(stored) < stored.lifetime ? stored : null;
  }

  async #forward(
    lower: Map<string, Stored[]>,
    key: string,
    request: Request,
    run: Worker,
    end: () => void,
  ): Promise<Response> {
    const stale = select(lower, key, request) ?? select(this.#upper, key, request);
    const headers = new Headers(request.headers);
    for (const name of ["range", "if-range", "if-none-match", "if-modified-since"]) headers.delete(name);
    const validator = stale?.headers.find(([name]) => name === "etag")?.[1];
    if (validator !== undefined) headers.set("if-none-match", validator);
    const asked = new Request(request.url, { headers, signal: request.signal });
    const mayBeStale = stale !== null && ageOf(stale) - stale.lifetime < stale.sie;
    let response: Response;
    try {
      response = await run(asked);
    } catch (error) {
      end();
      if (mayBeStale) return answer(stale, request, "STALE");
      throw error;
    }
    if (response.status >= 500 && mayBeStale) {
      end();
      await response.body?.cancel();
      return answer(stale, request, "STALE");
    }
    if (response.status === 304 && stale !== null) {
      const renewed = { ...stale, storedAt: Date.now() };
      put(lower, key, renewed);
      put(this.#upper, key, renewed);
      end();
      return answer(renewed, request, "REVALIDATED");
    }
    const rules = rulesOf(response);
    if (rules === null || response.status === 206 || response.headers.has("set-cookie")) {
      end();
      return response;
    }
    return this.#keep(lower, key, request, response, rules, end);
  }

  /** Passes the body on as it comes, and keeps it. */
  #keep(
    lower: Map<string, Stored[]>,
    key: string,
    request: Request,
    response: Response,
    rules: Pick<Stored, "lifetime" | "swr" | "sie">,
    end: () => void,
  ): Response {
    const length = response.headers.get("content-length");
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>({}, { highWaterMark: FOREVER });
    const writer = writable.getWriter();
    const keep = async () => {
      const body = new Uint8Array(await new Blob(pieces).arrayBuffer());
      if (length !== null && Number(length) !== body.byteLength) return;
      const names = (response.headers.get("vary") ?? "").split(",").flatMap((name) => name.trim() || []);
      const vary = Object.fromEntries(names.map((name) => [name, request.headers.get(name)]));
      const { status, headers } = response;
      const stored = { status, headers: [...headers], body, storedAt: Date.now(), ...rules, vary };
      put(lower, key, stored);
      put(this.#upper, key, stored);
    };
    const pump = async () => {
      try {
        for await (const piece of response.body ?? []) {
          pieces.push(new Uint8Array(piece));
          // The asking client may have left, but the others are still served.
          writer.write(new Uint8Array(piece)).catch(() => undefined);
        }
        await keep();
        writer.close().catch(() => undefined);
      } catch (error) {
        await keep();
        writer.abort(error).catch(() => undefined);
      } finally {
        end();
      }
    };
    void pump();
    const whole = readable;
    return new Response(request.method === "HEAD" ? null : whole, {
      status: response.status,
      headers: response.headers,
    });
  }
}

function keyOf({ entrypoint, props, request, key }: CachedCall): string {
  const { pathname, search } = new URL(request.url);
  const poison = IN_THE_KEY.map((name) => request.headers.get(name));
  return JSON.stringify([entrypoint, props, key ?? pathname + search, poison]);
}

function select(store: Map<string, Stored[]>, key: string, request: Request): Stored | null {
  const matches = ({ vary }: Stored) =>
    Object.entries(vary).every(([name, value]) => name !== "*" && request.headers.get(name) === value);
  return store.get(key)?.find(matches) ?? null;
}

function put(store: Map<string, Stored[]>, key: string, stored: Stored): void {
  const others = (store.get(key) ?? []).filter(({ vary }) => JSON.stringify(vary) !== JSON.stringify(stored.vary));
  store.set(key, [...others, stored]);
}

/** Seconds. */
function ageOf({ storedAt }: Stored): number {
  return (Date.now() - storedAt) / 1000;
}

/** How long an answer is kept; null: not at all. */
function rulesOf({ status, headers }: Response): Pick<Stored, "lifetime" | "swr" | "sie"> | null {
  const said = ["cloudflare-cdn-cache-control", "cdn-cache-control", "cache-control"]
    .map((name) => headers.get(name))
    .find((value) => value !== null);
  if (said === undefined) {
    const lifetime = HEURISTIC[status];
    return lifetime === undefined ? null : { lifetime, swr: 0, sie: FOREVER };
  }
  const has = (name: string) => new RegExp(`(?:^|[ ,])${name}(?:[ ,=]|$)`).test(said);
  const seconds = (name: string) => {
    const value = new RegExp(`(?:^|[ ,])${name}=(\\d+)`).exec(said)?.[1];
    return value === undefined ? null : Number(value);
  };
  if (has("no-store") || has("private")) return null;
  const lifetime = has("no-cache") ? 0 : (seconds("s-maxage") ?? seconds("max-age"));
  if (lifetime === null) return null;
  const isStrict = has("must-revalidate") || has("s-maxage");
  return {
    lifetime,
    swr: isStrict ? 0 : (seconds("stale-while-revalidate") ?? 0),
    sie: isStrict ? 0 : (seconds("stale-if-error") ?? FOREVER),
  };
}

/** A stored response, with the request's conditions and range evaluated against it. */
function answer(stored: Stored, { method, headers: asked }: Request, status = "HIT"): Response {
  const headers = new Headers(stored.headers);
  headers.set("age", String(Math.floor(ageOf(stored))));
  headers.set("cf-cache-status", status);
  const etag = headers.get("etag");
  if (etag !== null && asked.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(asked.get("range") ?? "") ?? [];
  if (first !== undefined && stored.status === 200) {
    const end = Math.min(last ? Number(last) + 1 : stored.body.byteLength, stored.body.byteLength);
    headers.set("content-range", `bytes ${first}-${end - 1}/${stored.body.byteLength}`);
    return new Response(stored.body.slice(Number(first), end), { status: 206, headers });
  }
  return new Response(method === "HEAD" ? null : stored.body.slice(), { status: stored.status, headers });
}
