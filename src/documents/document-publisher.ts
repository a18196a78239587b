import { DurableObject } from "cloudflare:workers";
import { versionFloor } from "../db/version-floor.ts";
import { log } from "../log/log.ts";
import { settingsOf, type Variables } from "../settings.ts";
import type { FeedName } from "./change.ts";
import type { ChangeFeed } from "./change-feed.ts";

/** The document that the zone table holds now, or why it does not hold the newest one yet. */
export type PublishResult<Document> =
  /** `isTold`: the feed of changes tells of it; else it is told later, and read from KV within a minute. */
  { kind: "published"; document: Document; isTold: boolean } | { kind: "pending"; reason: string };

/** What tells the publication of one kind of document from that of another. */
export interface PublishedKind<Document> {
  /** What a document is of, for errors and logs: "zone". */
  what: string;
  /** The document that D1 says a name should have; null where nothing ever had it. */
  documentOf(db: D1Database, name: string, now: number): Promise<Document | null>;
  /** The key in KV of a name's document. */
  keyOf(name: string): string;
  /** The feed that tells of its changes. */
  feed: FeedName;
  /** Grows with each change. */
  revisionOf(document: Document): number;
  isDeleted(document: Document): boolean;
  /** What is published in the place of a document that a restore has left without a row; null: it can only be removed. */
  deleted(document: Document, revision: number): Document | null;
  /** Notes in D1 that the table holds a document. */
  markPublished(db: D1Database, document: Document): Promise<void>;
}

/**
 * When an alarm looks after the publications since a mark was set: it takes the mark away, or finishes what an object has left
 * that was stopped in the middle. Sooner than objects are put out of memory: one that comes back knows of no publication.
 */
const LOOK_AFTER_MS = 5_000;
const LONGEST_RETRY_MS = 300_000;
/** For how long the table says that a thing was deleted. */
const DELETED_SECONDS = 30 * 86_400;

/**
 * What the object keeps in its storage while D1 and the zone table may differ, and an alarm with it. One mark does for all
 * publications within seconds: to set and take it away for each would cost them more than what they write.
 */
interface Dirty {
  name: string;
  failures: number;
}

/** What a publisher reads documents from, and where it publishes them. */
export interface PublisherEnv extends Variables {
  DB: D1Database;
  ZONES: KVNamespace;
  /** Left out where whoever reads documents is told of each in another way. */
  CHANGE_FEED?: DurableObjectNamespace<ChangeFeed>;
}

/**
 * Publishes what has one name (one object for each) from D1 to the zone table, one after the other, so that a deleted
 * thing's late publication never overwrites the one that took its name.
 */
export abstract class DocumentPublisher<Document> extends DurableObject<PublisherEnv> {
  readonly #kind: PublishedKind<Document>;
  /** The publication that has not read D1 yet: it serves whoever asks until then. */
  #next: Promise<PublishResult<Document>> | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #asked = 0;
  #wroteAt = 0;
  /** Whether storage holds the mark, and an alarm is due within seconds. */
  #marked = false;
  /** The JSON of the document that was published last, by this object while it is in memory. */
  #published: string | null = null;
  /** Whether the table holds all that was asked for; an object that has just been made does not know. */
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

  /** Publishes again what failed before, or what an object that was stopped has left. */
  override async alarm(): Promise<void> {
    const dirty = this.ctx.storage.kv.get<Dirty>("dirty");
    if (dirty === undefined) return;
    if (!this.#settled) {
      const result = await this.#join(dirty.name);
      // The next attempt is planned.
      if (result.kind === "pending" || !result.isTold) return;
    }
    // Whoever asked since has found the mark, and no other alarm would come.
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
    // A clock that was set back makes nobody wait for longer.
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
          // There may be any number of names, and each had an object: nothing of it stays.
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

  /** Has the feed tell of a document that KV has taken in; where the feed fails, the alarm publishes again. */
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
   * After a restore the table may hold what D1 has never heard of: that is deleted, for whoever remembers it as well. Null:
   * there is nothing of it.
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

  /** @returns how often it has failed in a row */
  async #planRetry(name: string): Promise<number> {
    const failures = (this.ctx.storage.kv.get<Dirty>("dirty")?.failures ?? 0) + 1;
    // Whoever asks next does not wait for the alarm to come.
    this.#marked = false;
    this.ctx.storage.kv.put("dirty", { name, failures } satisfies Dirty);
    await this.ctx.storage.setAlarm(Date.now() + Math.min(2 ** failures * 1_000, LONGEST_RETRY_MS));
    return failures;
  }
}
