import { isRecent } from "../memo/is-recent.ts";
import type { WaitUntil } from "../memo/shared-reads.ts";
import type { FeedCopy } from "./feed-copy.ts";

/** How long a location's copy of what KV had may replace reading KV, if all changes since are known (ms). */
const BELIEVED_MS = 600_000;

const READ_AT = "rescdn-read-at";
const COMPLETE_TO = "rescdn-complete-to";
const IS_MISSING = "rescdn-is-missing";

/**
 * What a location's isolates have read from KV: if one has read it, the others need not. A copy says up to which segment of the
 * feed of changes it is complete. Only isolates that know all changes since then believe it, so that a newer version always
 * wins.
 *
 * Copies are in a separately named cache of the location, under a reserved host that serves nothing of customers'. So nobody
 * else's answer can end up there.
 */
export class DocumentCopies {
  readonly #name: string;
  readonly #origin: string;
  #cache: Cache | null = null;

  /**
   * @param name the cache's name
   * @param origin scheme and host of URLs that answer nobody
   */
  constructor(name: string, origin: string) {
    this.#name = name;
    this.#origin = origin;
  }

  /** What KV has under a key, as far as the changes since then tell; null: KV has nothing. Undefined: KV has to be asked. */
  async read(key: string, feed: FeedCopy, now: number): Promise<string | null | undefined> {
    try {
      const found = await (await this.#open()).match(this.#urlOf(key));
      if (found === undefined) return undefined;
      const text = await found.text();
      const isRecentEnough = isRecent(Number(found.headers.get(READ_AT)), BELIEVED_MS, now);
      if (!isRecentEnough || !feed.knowsSince(Number(found.headers.get(COMPLETE_TO)), now)) return undefined;
      return found.headers.has(IS_MISSING) ? null : text;
    } catch {
      return undefined; // then KV is asked
    }
  }

  /** Keeps what KV had, compared with all changes up to a segment of the feed. */
  write(key: string, text: string | null, segment: number, now: number, waitUntil: WaitUntil): void {
    const headers = {
      "cache-control": `max-age=${BELIEVED_MS / 1_000}`,
      "content-type": "application/json",
      [READ_AT]: String(now),
      [COMPLETE_TO]: String(segment),
      ...(text === null && { [IS_MISSING]: "true" }),
    };
    const put = async () => (await this.#open()).put(this.#urlOf(key), new Response(text ?? "", { headers }));
    waitUntil(put().catch(() => undefined)); // then others read KV themselves
  }

  #urlOf(key: string): string {
    return `${this.#origin}/documents/${encodeURIComponent(key)}`;
  }

  async #open(): Promise<Cache> {
    this.#cache ??= await caches.open(this.#name);
    return this.#cache;
  }
}
