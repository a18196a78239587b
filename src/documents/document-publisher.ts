import { DurableObject } from "cloudflare:workers";
import { versionFloor } from "../db/version-floor.ts";
import { log } from "../log/log.ts";
import { settingsOf, type Variables } from "../settings.ts";
import type { FeedName } from "./change.ts";
import type { ChangeFeed } from "./change-feed.ts";

/** The document that the zone table holds now, or why it does not hold the newest one yet. */
export type PublishResult<Document> =
  /** `isTold`: the feed of changes reports it. If not, it is reported later, and read from KV within a minute. */
  { kind: "published"; document: Document; isTold: boolean } | { kind: "pending"; reason: string };

/** How the publication of one kind of document differs from that of another. */
export interface PublishedKind<Document> {
  /** The kind of thing that a document describes, for errors and logs: "zone". */
  what: string;
  /** The document that a name should have, according to D1; null: nothing ever had the name. */
  documentOf(db: D1Database, name: string, now: number): Promise<Document | null>;
  /** The KV key of a name's document. */
  keyOf(name: string): string;
  /** The feed that reports its changes. */
  feed: FeedName;
  /** Grows with each change. */
  revisionOf(document: Document): number;
  isDeleted(document: Document): boolean;
  /** What to publish in place of a document that a restore has left without a row; null: it can only be removed. */
  deleted(document: Document, revision: number): Document | null;
  /** Notes in D1 that the table holds a document. */
  markPublished(db: D1Database, document: Document): Promise<void>;
}

/**
 * When an alarm follows up on the publications since a mark was set: it removes the mark, or finishes what an object that was
 * stopped midway has left. This is sooner than objects are evicted from memory: an object that comes back knows of no
 * publications.
 */
const LOOK_AFTER_MS = 5_000;
const LONGEST_RETRY_MS = 300_000;
/** How long the table says that a thing was deleted. */
const DELETED_SECONDS = 30 * 86_400;

/**
 * What the object keeps in its storage, with an alarm, while D1 and the zone table may differ. One mark serves all publications
 * within seconds: setting and removing it for each one would cost more than the publications themselves.
 */
interface Dirty {
  name: string;
  failures: number;
}

/** What a publisher reads documents from, and where it publishes them. */
export interface PublisherEnv extends Variables {
  DB: D1Database;
  ZONES: KVNamespace;
  /** Absent where readers of documents are told of each in another way. */
  CHANGE_FEED?: DurableObjectNamespace<ChangeFeed>;
}

/**
 * Publishes from D1 to the zone table what has one name: one object for each name, one publication after the other. So a
 * deleted thing's late publication never overwrites the thing that took its name.
 */
export abstract class DocumentPublisher<Document> extends DurableObject<PublisherEnv> {
  readonly #kind: PublishedKind<Document>;
  /** The next publication, which has not read D1 yet: it serves every request until it does. */
  #next: Promise<PublishResult<Document>> | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #asked = 0;
  #wroteAt = 0;
  /** Whether storage holds the mark, with an alarm due within seconds. */
  #marked = false;
  /** The JSON of the document that was published last, by this object while it is in memory. */
  #published: string | null = null;
  /** Whether the table holds everything that was asked for. A newly made object does not know. */
  #settled = false;

  constructor(ctx: DurableObjectState, env: PublisherEnv, kind: PublishedKind<Document>) {
    super(ctx, env);
    this.#kind = kind;
  }

  /** Publishes what D1 holds now. Changes committed before the call are in the document that it returns. */
  async publish(name: string): Promise<PublishResult<Document>> {
    this.#asked++;
    this.#settled = false;
    if (!this.#marked) {
      this.#marked = true;
      this.ctx.storage.kv.put("dirty", { name, failures: 0 } satisfies Dirty);
      await this.ctx.storage.setAlarm(Date.now() + LOOK_AFTER_MS);
    }
    return this.#join(name);
  }

  /** The JSON of the document as it is published; null: there is none. For readers that KV has not told of it yet. */
  async newest(name: string): Promise<string | null> {
    if (this.#published !== null) return this.#published;
    const document = await this.#kind.documentOf(this.env.DB, name, Date.now());
    return document === null ? null : JSON.stringify(document);
  }

  /** Publishes again what failed before, or what a stopped object has left. */
  override async alarm(): Promise<void> {
    const dirty = this.ctx.storage.kv.get<Dirty>("dirty");
    if (dirty === undefined) return;
    if (!this.#settled) {
      const result = await this.#join(dirty.name);
      // The next attempt is planned already.
      if (result.kind === "pending" || !result.isTold) return;
    }
    // Publications since then found the mark already set, and no other alarm would come.
    if (!this.#settled) await this.ctx.storage.setAlarm(Date.now() + LOOK_AFTER_MS);
    else {
      this.#marked = false;
      this.ctx.storage.kv.delete("dirty");
    }
  }

  #join(name: string): Promise<PublishResult<Document>> {
    if (this.#next === null) {
      const attempt = () => this.#attempt(name);
      this.#next = this.#last.then(attempt, attempt);
      this.#last = this.#next;
    }
    return this.#next;
  }

  async #attempt(name: string): Promise<PublishResult<Document>> {
    const interval = settingsOf(this.env).kvWriteIntervalMs;
    const wait = this.#wroteAt + interval - Date.now();
    // If the clock was set back, nobody waits longer than that.
    if (wait > 0) await scheduler.wait(Math.min(wait, interval));
    this.#next = null;
    const asked = this.#asked;
    try {
      const document = await this.#write(name);
      const isTold = document === null || (await this.#tell(name, document));
      if (isTold && document !== null) await this.#kind.markPublished(this.env.DB, document);
      if (isTold && asked === this.#asked) {
        this.#settled = true;
        if (document === null || this.#kind.isDeleted(document)) {
          // There may be any number of names, each with an object, so nothing of it is kept.
          this.#marked = false;
          await this.ctx.storage.deleteAll();
        }
      }
      if (document !== null) return { kind: "published", document, isTold };
      return { kind: "pending", reason: `a restore has left no ${this.#kind.what} of this name` };
    } catch (error) {
      return this.#retryLater(name, error);
    }
  }

  async #write(name: string): Promise<Document | null> {
    const kind = this.#kind;
    const document = (await kind.documentOf(this.env.DB, name, Date.now())) ?? (await this.#unknownToDatabase(name));
    if (document === null) return null;
    this.#wroteAt = Date.now();
    const options = kind.isDeleted(document) ? { expirationTtl: DELETED_SECONDS } : {};
    const text = JSON.stringify(document);
    await this.env.ZONES.put(kind.keyOf(name), text, options);
    this.#published = text;
    return document;
  }

  /** Reports to the feed that KV has a new document. If the feed fails, the alarm publishes again. */
  async #tell(name: string, document: Document): Promise<boolean> {
    const { what, feed, keyOf, revisionOf } = this.#kind;
    if (this.env.CHANGE_FEED === undefined) return true;
    try {
      await this.env.CHANGE_FEED.getByName(feed).append(keyOf(name), revisionOf(document));
      return true;
    } catch (error) {
      log("change_untold", { [what]: name, error, failures: await this.#planRetry(name) });
      return false;
    }
  }

  /**
   * After a restore the table may hold something that D1 does not know. It is deleted, also for those who remember it. Null:
   * there is no such thing.
   */
  async #unknownToDatabase(name: string): Promise<Document | null> {
    const kind = this.#kind;
    const floor = await versionFloor(this.env.DB);
    if (floor === 0) throw new Error(`no ${kind.what} has had this name`);
    const published = await this.env.ZONES.get(kind.keyOf(name));
    return published === null ? null : kind.deleted(JSON.parse(published) as Document, floor);
  }

  async #retryLater(name: string, error: unknown): Promise<PublishResult<Document>> {
    log("publish_failed", { [this.#kind.what]: name, error, failures: await this.#planRetry(name) });
    return { kind: "pending", reason: String(error) };
  }

  /** @returns how often publishing has failed in a row */
  async #planRetry(name: string): Promise<number> {
    const failures = (this.ctx.storage.kv.get<Dirty>("dirty")?.failures ?? 0) + 1;
    // The next request does not wait for the alarm.
    this.#marked = false;
    this.ctx.storage.kv.put("dirty", { name, failures } satisfies Dirty);
    await this.ctx.storage.setAlarm(Date.now() + Math.min(2 ** failures * 1_000, LONGEST_RETRY_MS));
    return failures;
  }
}
