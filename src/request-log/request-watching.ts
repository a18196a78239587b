import type { AccountDocument, AnnouncedTail } from "../accounts/account-document.ts";
import type { SentAnswer, Watch, Watching } from "../edge/answer/watch.ts";
import { log } from "../log/log.ts";
import { BoundedMap } from "../memo/bounded-map.ts";
import type { ZoneDocument } from "../zones/zone.ts";
import type { LogCollector } from "./delivery/log-collector.ts";
import { requestEvent } from "./request-event.ts";
import type { TailSender } from "./tail/tail-sender.ts";

type WaitUntil = (work: Promise<unknown>) => void;

/** What is known about a request's client. */
export interface WatchedClients {
  addressOf(request: Request): string | null;
  countryOf(request: Request): string | null;
}

/** Gives access to the objects that receive events. */
export interface Takers {
  tail(zone: ZoneDocument, tail: AnnouncedTail): TailSender;
  logs(zone: ZoneDocument): LogCollector;
}

/** How many zones an isolate keeps state for. */
const MOST_ZONES = 1_000;

/** Those who watch what this isolate answers: the tails of zones, and the delivery of their logs. */
export class RequestWatching implements Watching {
  readonly #zones = new BoundedMap<string, ZoneWatch>({ entries: MOST_ZONES }, "the oldest");
  readonly #clients: WatchedClients;
  readonly #location: string;
  readonly #takers: Takers;

  /** @param location IATA code */
  constructor(clients: WatchedClients, location: string, takers: Takers) {
    this.#clients = clients;
    this.#location = location;
    this.#takers = takers;
  }

  watchOf(zone: ZoneDocument, account: AccountDocument, now: number): Watch | null {
    const watch = this.#zones.get(zone.id) ?? this.#begin(zone);
    watch.learn(zone, account);
    return watch.isActive(now) ? watch : null;
  }

  /** Sends all events that wait here to their receivers, because the isolate is about to end. */
  async drain(): Promise<void> {
    await Promise.all([...this.#zones.values()].map((watch) => watch.drain()));
  }

  /** The same for one zone. */
  async settle({ id }: Pick<ZoneDocument, "id">): Promise<void> {
    await this.#zones.get(id)?.drain();
  }

  #begin(zone: ZoneDocument): ZoneWatch {
    const watch = new ZoneWatch(this.#clients, this.#location, this.#takers);
    this.#zones.set(zone.id, watch);
    return watch;
  }
}

/** The first part distinguishes this isolate's ids from those of others. */
let ids: { isolate: string; count: number } | null = null;

function nextId(): string {
  // Not made at the start of the isolate: there is no randomness before the first request.
  ids ??= { isolate: crypto.randomUUID().replaceAll("-", "").slice(0, 12), count: 0 };
  return `req_${ids.isolate}${(++ids.count).toString(36)}`;
}

/** Those who watch what is answered for one zone. */
class ZoneWatch implements Watch {
  readonly #clients: WatchedClients;
  readonly #location: string;
  readonly #takers: Takers;
  #zone: ZoneDocument | null = null;
  #account: AccountDocument | null = null;
  #tail: TailSender | null = null;
  #logs: LogCollector | null = null;

  constructor(clients: WatchedClients, location: string, takers: Takers) {
    this.#clients = clients;
    this.#location = location;
    this.#takers = takers;
  }

  /** Takes in what was published, unless it is the same as last time. */
  learn(zone: ZoneDocument, account: AccountDocument): void {
    if (account !== this.#account) {
      const tail = account.tails?.find((one) => one.zone === zone.id) ?? null;
      if (tail === null) this.#tail = null;
      else if (this.#tail === null) this.#tail = this.#takers.tail(zone, tail);
      else this.#tail.learn(tail, account.revision !== this.#account?.revision);
      this.#account = account;
    }
    if (zone !== this.#zone) {
      if (zone.settings.logs === null) this.#logs?.forget();
      else {
        this.#logs ??= this.#takers.logs(zone);
        this.#logs.learn(zone.settings.logs);
      }
      this.#zone = zone;
    }
  }

  isActive(now: number): boolean {
    return this.#zone!.settings.logs !== null || this.#tail?.isActive(now) === true;
  }

  note(sent: SentAnswer, waitUntil: WaitUntil): void {
    try {
      this.#note(sent, waitUntil);
    } catch (error) {
      log("request_not_noted", { zone: this.#zone?.name, error });
    }
  }

  #note(sent: SentAnswer, waitUntil: WaitUntil): void {
    const { name, settings } = this.#zone!;
    const now = Date.now();
    const tail = this.#tail;
    const asked = { status: sent.status, cache: sent.xCache, path: sent.target.path };
    const isTold = tail?.isActive(now) === true && tail.wants(asked, now, waitUntil);
    const isLogged = settings.logs !== null && this.#logs!.wants();
    if (!isTold && !isLogged) return;
    const address = this.#clients.addressOf(sent.request);
    const event = requestEvent(sent, {
      id: nextId(),
      zone: name,
      location: this.#location,
      address,
      country: this.#clients.countryOf(sent.request),
      ended: now,
    });
    const json = JSON.stringify(event);
    if (isTold) tail.add(json);
    if (isLogged) this.#logs!.add(event, json, address, now, waitUntil);
  }

  async drain(): Promise<void> {
    await Promise.all([this.#tail?.deliver(), this.#logs?.drain()]);
  }
}
