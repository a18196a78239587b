import { DurableObject } from "cloudflare:workers";
import { log } from "../../log/log.ts";
import { type AnnouncerEnv, announceTail, rateOf, type TailOwner } from "./announce-tail.ts";
import { EventSocket } from "./event-socket.ts";
import { EventStream } from "./event-stream.ts";
import { eventBytes, eventText, jsonOfEvents } from "./event-text.ts";
import { IsolateRates } from "./isolate-rates.ts";
import { allowedStatement, zoneStatement } from "./still-allowed.ts";
import { type Filtered, PreparedFilter } from "./tail-filter.ts";
import { type Connection, endOf, keepsUp, type ListenerRequest, type Listening, openMessage } from "./tail-listener.ts";
import {
  type EndReason,
  LONGEST_SECONDS,
  MOST_A_SECOND,
  MOST_LISTENERS,
  type NamedFilter,
  type TailBatch,
  type TailPace,
  type ToldEvents,
} from "./tail-protocol.ts";

/** Who asks for a tail says so in this field, as the JSON of a {@link ListenerRequest}. */
export const LISTENER_FIELD = "x-listener";

/** How often listeners are shown that they are still connected, and it is asked whether they may still listen. */
const TEND_MS = 5_000;
/** A listener whose connection broke is back within this: nothing is announced anew. */
const LINGER_MS = 10_000;

interface Listener {
  id: string;
  connection: Connection;
  filter: NamedFilter;
  prepared: PreparedFilter;
  who: Listening;
  until: number;
  /** Ends it when its time is over. */
  timer: ReturnType<typeof setTimeout>;
  /** Left out since it was told last. */
  omitted: number;
}

/**
 * The tail of one zone: holds who listens, takes what isolates tell of the zone's requests, and tells each isolate how to go
 * on. It keeps nothing but what it has announced: who was connected when it was stopped connects anew.
 */
export class ZoneTail extends DurableObject<AnnouncerEnv> {
  readonly #listeners = new Map<string, Listener>();
  readonly #rates = new IsolateRates();
  #owner: TailOwner | null = null;
  /** Until when isolates were told that somebody listens, ms since the epoch. */
  #announcedUntil = 0;
  /** Whether an isolate was told since then that nobody listens: it rests, unless it is announced anew. */
  #hasSentAway = false;
  #announcing: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setInterval> | null = null;
  #count = 0;
  #second = { at: 0, events: 0 };

  /** Opens a tail: a stream of events, or a WebSocket where one is asked for. 409: as many listen as may. */
  override async fetch(request: Request): Promise<Response> {
    const asked = JSON.parse(request.headers.get(LISTENER_FIELD)!) as ListenerRequest;
    if (this.#listeners.size >= MOST_LISTENERS) return new Response(null, { status: 409 });
    const now = Date.now();
    const id = String(++this.#count);
    const gone = () => this.#leave(id);
    const isSocket = request.headers.get("upgrade")?.toLowerCase() === "websocket";
    const connection = isSocket ? new EventSocket(gone) : new EventStream(gone);
    const until = endOf(asked, now);
    const { filter, who, zone, account, mode } = asked;
    const prepared = new PreparedFilter(filter);
    const timer = setTimeout(() => this.#end(id, "time-over"), until - now);
    this.#listeners.set(id, { id, connection, filter: { ...filter, id }, prepared, who, until, timer, omitted: 0 });
    this.#owner = { zone, account, mode };
    this.#timer ??= setInterval(() => this.#tend(), TEND_MS);
    connection.send(openMessage(asked.name, until));
    if (this.#announcedUntil < until || this.#hasSentAway) this.#announce(now);
    return connection.response;
  }

  /** Takes what an isolate tells. Null: nobody listens. */
  take(batch: TailBatch): TailPace | null {
    const now = Date.now();
    if (this.#listeners.size === 0) {
      this.#hasSentAway = true;
      return null;
    }
    const events = this.#within(batch, now);
    for (const listener of this.#listeners.values()) this.#tell(listener, events, batch.omitted);
    this.#rates.note(batch, now);
    return {
      until: Math.max(...[...this.#listeners.values()].map(({ until }) => until)),
      ...this.#rates.pace(now),
      filters: this.#filters(),
    };
  }

  /** Ends every listener's connection: the server stops. */
  endAll(reason: EndReason): void {
    for (const id of [...this.#listeners.keys()]) this.#end(id, reason);
  }

  #filters(): NamedFilter[] {
    return [...this.#listeners.values()].map(({ filter }) => filter);
  }

  /** Isolates that do not know the pace yet may together tell more than is taken: what is too much counts as left out. */
  #within({ events, omitted }: TailBatch, now: number): ToldEvents[] {
    if (now - this.#second.at >= 1_000) this.#second = { at: now, events: 0 };
    return events.filter(({ to, count }) => {
      const isTaken = this.#second.events + count <= 2 * MOST_A_SECOND;
      if (isTaken) this.#second.events += count;
      else for (const id of to ?? [""]) omitted[id] = (omitted[id] ?? 0) + count;
      return isTaken;
    });
  }

  #tell(listener: Listener, events: readonly ToldEvents[], omitted: TailBatch["omitted"]): void {
    const { connection, id } = listener;
    listener.omitted += (omitted[id] ?? 0) + (omitted[""] ?? 0);
    for (const told of events) {
      const { bytes, count } = told.to === null ? passing(told, listener.prepared) : told;
      if (count === 0 || told.to?.includes(id) === false) continue;
      if (keepsUp(connection)) connection.sendRequests(bytes);
      else listener.omitted += count;
    }
    if (listener.omitted === 0 || !keepsUp(connection)) return;
    connection.send({ type: "omitted", count: listener.omitted });
    listener.omitted = 0;
  }

  #end(id: string, reason: EndReason): void {
    const connection = this.#listeners.get(id)?.connection;
    connection?.send({ type: "end", reason });
    connection?.end();
    this.#leave(id);
  }

  #leave(id: string): void {
    clearTimeout(this.#listeners.get(id)?.timer ?? null);
    if (!this.#listeners.delete(id) || this.#listeners.size > 0) return;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    setTimeout(() => this.#withdraw(), LINGER_MS);
  }

  /** One after the other, so that the last word stands. */
  #announce(now: number): void {
    const until = now + LONGEST_SECONDS * 1_000;
    this.#announcedUntil = until;
    this.#hasSentAway = false;
    const owner = this.#owner!;
    this.#inTurn(async () => {
      // Should this object be stopped before it withdraws it.
      this.ctx.storage.kv.put("announced", owner);
      await this.ctx.storage.setAlarm(until);
      const rate = await rateOf(this.env, owner, now).catch(() => 0);
      const fraction = rate <= MOST_A_SECOND ? 1 : MOST_A_SECOND / rate;
      await announceTail(this.env, owner, { until, fraction });
    });
  }

  /** What was announced has come to its end: in the document of the account it would be looked at for nothing. */
  override async alarm(): Promise<void> {
    const announced = this.ctx.storage.kv.get<TailOwner>("announced");
    if (announced === undefined) return;
    this.#owner ??= announced;
    this.#announcedUntil ||= Date.now();
    this.#withdraw();
    await this.#announcing;
  }

  #withdraw(): void {
    if (this.#listeners.size > 0 || this.#announcedUntil === 0) return;
    const owner = this.#owner!;
    this.#announcedUntil = 0;
    this.#inTurn(async () => {
      await announceTail(this.env, owner, null);
      await this.ctx.storage.deleteAlarm();
      await this.ctx.storage.deleteAll();
    });
  }

  #inTurn(act: () => Promise<void>): void {
    this.#announcing = this.#announcing.then(act).catch((error: unknown) => {
      // The next who listens has it announced; what was announced ends by itself.
      this.#announcedUntil = 0;
      log("tail_not_announced", { zone: this.#owner?.zone, error });
    });
    this.ctx.waitUntil(this.#announcing);
  }

  #tend(): void {
    const now = Date.now();
    for (const { connection } of this.#listeners.values()) connection.keepAlive();
    this.ctx.waitUntil(
      this.#check(now).catch((error: unknown) => log("tail_not_checked", { zone: this.#owner?.zone, error })),
    );
  }

  /** Ends those who may listen no longer. */
  async #check(now: number): Promise<void> {
    const { zone, account } = this.#owner!;
    const listeners = [...this.#listeners.values()];
    const { DB: db } = this.env;
    const [there, ...allowed] = await db.batch([
      zoneStatement(db, zone),
      ...listeners.map(({ who }) => allowedStatement(db, account, who, now)),
    ]);
    for (const [index, listener] of listeners.entries()) {
      if (there!.results.length === 0) this.#end(listener.id, "zone-deleted");
      else if (allowed[index]!.results.length === 0) this.#end(listener.id, "not-allowed-any-more");
    }
  }
}

/** What of events a filter lets pass that their isolate did not know. */
function passing(told: ToldEvents, filter: PreparedFilter): Pick<ToldEvents, "bytes" | "count"> {
  if (filter.isEmpty) return told;
  const passed = jsonOfEvents(told.bytes).filter((json) => filter.matches(JSON.parse(json) as Filtered));
  return { bytes: eventBytes(passed.map(eventText).join("")), count: passed.length };
}
