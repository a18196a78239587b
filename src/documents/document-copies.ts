import { isRecent } from "../memo/is-recent.ts";
import type { WaitUntil } from "../memo/shared-reads.ts";
import type { FeedCopy } from "./feed-copy.ts";

/** For how long what a location has read of KV stands for KV, if all that has changed since is told (ms). */
const BELIEVED_MS = 600_000;

const READ_AT = "rescdn-read-at";
const COMPLETE_TO = "rescdn-complete-to";
const IS_MISSING = "rescdn-is-missing";

/**
 * What a location's isolates have read of KV: where one has asked, the others need not. A copy says up to which segment of the
 * feed of changes it is complete. It is believed by who knows of all changes since, so that a newer version always beats it.
 *
 * It stands in a cache of the location that has a name of its own, under a reserved host at which nothing of customers' is
 * served: nobody else's answer comes to stand there.
 */
export class DocumentCopies {
  readonly #name: string;
  readonly #origin: string;
  #cache: Cache | null = null;

  /**
   * @param name of the cache
   * @param origin scheme and host of URLs that nobody is answered
   */
  constructor(name: string, origin: string) {
    this.#name = name;
    this.#origin = origin;
  }

  /** What KV has under a key, as far as changes since are told; null: KV has nothing. Undefined: it has to be asked. */
  async read(key: string, feed: FeedCopy, now: number): Promise<string | null | undefined> {
    try {
      const found = await (await this.#open()).match(this.#urlOf(key));
      if (found === undefined) return undefined;
      const text = await found.text();
      const isRecentEnough = isRecent(Number(found.headers.get(READ_AT)), BELIEVED_MS, now);
      if (!isRecentEnough || !feed.knowsSince(Number(found.headers.get(COMPLETE_TO)), now)) return undefined;
      return found.headers.has(IS_MISSING) ? null : text;
    } catch {
      return undefined; // KV is asked then
    }
  }

  /** Keeps what KV had, after it was compared with a feed that is known up to a segment. */
  write(key: string, text: string | null, segment: number, now: number, waitUntil: WaitUntil): void {
    const headers = {
      "cache-control": `max-age=${BELIEVED_MS / 1_000}`,
      "content-type": "application/json",
      [READ_AT]: String(now),
      [COMPLETE_TO]: String(segment),
      ...(text === null && { [IS_MISSING]: "true" }),
    };
    const put = async () => (await this.#open()).put(this.#urlOf(key), new Response(text ?? "", { headers }));
    waitUntil(put().catch(() => undefined)); // others read KV themselves then
  }

  #urlOf(key: string): string {
    return `${this.#origin}/documents/${encodeURIComponent(key)}`;
  }

  async #open(): Promise<Cache> {
    this.#cache ??= await caches.open(this.#name);
    return this.#cache;
  }
}
