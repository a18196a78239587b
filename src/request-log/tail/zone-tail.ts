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

/** Requests for a tail have this field, with a {@link ListenerRequest} as JSON. */
export const LISTENER_FIELD = "x-listener";

/** How often listeners get a sign of life, and are checked for whether they may still listen. */
const TEND_MS = 5_000;
/** If a listener whose connection broke is back within this time, nothing is announced again. */
const LINGER_MS = 10_000;

interface Listener {
  id: string;
  connection: Connection;
  filter: NamedFilter;
  prepared: PreparedFilter;
  who: Listening;
  until: number;
  /** Ends the listener when its time is over. */
  timer: ReturnType<typeof setTimeout>;
  /** Left out since the last message about it. */
  omitted: number;
}

/**
 * The tail of one zone: holds its listeners, receives what isolates report about the zone's requests, and tells each isolate
 * how to go on. It stores only what it has announced. Listeners connected when it was stopped connect again.
 */
export class ZoneTail extends DurableObject<AnnouncerEnv> {
  readonly #listeners = new Map<string, Listener>();
  readonly #rates = new IsolateRates();
  #owner: TailOwner | null = null;
  /** Until when isolates believe that somebody listens, ms since the epoch. */
  #announcedUntil = 0;
  /** Whether an isolate has been told since then that nobody listens: it rests until the tail is announced again. */
  #hasSentAway = false;
  #announcing: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setInterval> | null = null;
  #count = 0;
  #second = { at: 0, events: 0 };

  /**
   * Opens a tail: a stream of events, or a WebSocket if one is asked for. 409: there are already as many listeners as allowed.
   */
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

  /** Takes in an isolate's report. Null: nobody listens. */
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

  /** Ends all connections of listeners, because the server stops. */
  endAll(reason: EndReason): void {
    for (const id of [...this.#listeners.keys()]) this.#end(id, reason);
  }

  #filters(): NamedFilter[] {
    return [...this.#listeners.values()].map(({ filter }) => filter);
  }

  /** Isolates that do not know the pace yet may together report more than is taken: the excess counts as left out. */
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

  /** One after the other, so that the latest announcement wins. */
  #announce(now: number): void {
    const until = now + LONGEST_SECONDS * 1_000;
    this.#announcedUntil = until;
    this.#hasSentAway = false;
    const owner = this.#owner!;
    this.#inTurn(async () => {
      // In case this object is stopped before it withdraws the announcement.
      this.ctx.storage.kv.put("announced", owner);
      await this.ctx.storage.setAlarm(until);
      const rate = await rateOf(this.env, owner, now).catch(() => 0);
      const fraction = rate <= MOST_A_SECOND ? 1 : MOST_A_SECOND / rate;
      await announceTail(this.env, owner, { until, fraction });
    });
  }

  /** The announcement has ended. It is removed from the account's document, where it would only cost time. */
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
      // The next listener has it announced again; the announcement ends by itself.
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

  /** Ends listeners who may no longer listen. */
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

/** The events that pass a filter, out of those whose isolate did not know it. */
function passing(told: ToldEvents, filter: PreparedFilter): Pick<ToldEvents, "bytes" | "count"> {
  if (filter.isEmpty) return told;
  const passed = jsonOfEvents(told.bytes).filter((json) => filter.matches(JSON.parse(json) as Filtered));
  return { bytes: eventBytes(passed.map(eventText).join("")), count: passed.length };
}
