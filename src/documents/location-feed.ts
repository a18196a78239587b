import type { Change, FeedHead, FeedName, FeedSource } from "./change.ts";

/** How old a head may be that another isolate of the location read (ms). */
const SHARED_MS = 1_500;
/** Tells when the location read what it keeps; ms since the epoch. */
const READ_AT = "rescdn-read-at";

/**
 * A feed as the isolates of a location read it together: what one of them has read is in the location's cache for the others.
 * `Changes` answers them, through a network-wide cache if there is one.
 */
export class LocationFeed implements FeedSource {
  readonly #changes: Fetcher;
  readonly #url: string;
  #cache: Cache | null = null;

  /** @param origin scheme and host of URLs that answer nobody */
  constructor(name: FeedName, changes: Fetcher, origin: string) {
    this.#changes = changes;
    this.#url = `${origin}/changes/${name}`;
  }

  async head(): Promise<{ head: FeedHead; at: number }> {
    const url = `${this.#url}/head`;
    const cache = await this.#open();
    const kept = await cache.match(url);
    const keptAt = Number(kept?.headers.get(READ_AT) ?? Number.NaN);
    if (kept !== undefined && Math.abs(Date.now() - keptAt) < SHARED_MS) return { head: await kept.json(), at: keptAt };
    await kept?.body?.cancel();
    const askedAt = Date.now();
    const answer = await this.#ask(url);
    // RFC 9111 §4.2.3: the time in the network's cache counts towards its age.
    const at = askedAt - Number(answer.headers.get("age") ?? 0) * 1_000;
    const text = await answer.text();
    await cache.put(url, keptResponse(text, { [READ_AT]: String(at) }));
    return { head: JSON.parse(text) as FeedHead, at };
  }

  async segment(number: number): Promise<readonly Change[]> {
    const url = `${this.#url}/segments/${number}`;
    const cache = await this.#open();
    const kept = await cache.match(url);
    if (kept !== undefined) return kept.json();
    const text = await (await this.#ask(url)).text();
    await cache.put(url, keptResponse(text, {}));
    return JSON.parse(text) as readonly Change[];
  }

  async newest(key: string, revision: number): Promise<string | null> {
    const url = new URL(`${this.#url}/newest`);
    url.searchParams.set("key", key);
    url.searchParams.set("revision", String(revision));
    const text = await (await this.#ask(url.href)).text();
    return text === "null" ? null : text;
  }

  async #ask(url: string): Promise<Response> {
    const answer = await this.#changes.fetch(url);
    if (answer.ok) return answer;
    await answer.body?.cancel();
    throw new Error(`the feed of changes answers ${answer.status}`);
  }

  async #open(): Promise<Cache> {
    this.#cache ??= await caches.open("rescdn-changes");
    return this.#cache;
  }
}

/** It is kept as long as any change is reported. */
function keptResponse(text: string, headers: Record<string, string>): Response {
  return new Response(text, {
    headers: { ...headers, "cache-control": "max-age=600", "content-type": "application/json" },
  });
}
