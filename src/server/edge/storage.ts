/**
 * D1, KV, the meters, the receivers of requests' events and what is known about origins, in the form that the processes of one
 * server share: the control process has them.
 */
import { RpcTarget, WorkerEntrypoint } from "cloudflare:workers";
import type { LocationNotes } from "../../edge/origin/origin-health.ts";
import { askingBuckets } from "../../files/buckets.ts";
import { log } from "../../log/log.ts";
import { BoundedMap } from "../../memo/bounded-map.ts";
import { IDLE, type IsolateFigures } from "../../metrics/isolate-figures.ts";
import type { LogChunk } from "../../request-log/delivery/log-chunk.ts";
import type { LogOutbox } from "../../request-log/delivery/log-outbox.ts";
import type { TailBatch, TailPace } from "../../request-log/tail/tail-protocol.ts";
import type { ZoneTail } from "../../request-log/tail/zone-tail.ts";
import type { UsageBatch } from "../../usage/batch.ts";
import type { LocationMeter, Receipt } from "../../usage/location-meter.ts";

interface Env {
  DB: D1Database;
  ZONES: KVNamespace;
  LOCATION_METER: DurableObjectNamespace<LocationMeter>;
  ZONE_TAIL: DurableObjectNamespace<ZoneTail>;
  LOG_OUTBOX: DurableObjectNamespace<LogOutbox>;
  /** How many edge processes there are; `EDGE_1` is the `Publications` of the first. */
  EDGES: number;
  [edge: `EDGE_${number}`]: Fetcher;
}

/** An edge process that takes longer to answer is not waited for: it reads KV by itself after five seconds. */
const LISTEN_MS = 1_000;

/** Replaces the binding `ZONES`, with those of its methods that the product calls. */
export class Documents extends WorkerEntrypoint<Env> {
  get(key: string, options: KVNamespaceGetOptions<"text">): Promise<string | null> {
    return this.env.ZONES.get(key, options);
  }

  list(options: KVNamespaceListOptions): Promise<KVNamespaceListResult<unknown>> {
    return this.env.ZONES.list(options);
  }

  /** Only for documents that nobody reads any more, so no edge process is told. */
  delete(key: string): Promise<void> {
    return this.env.ZONES.delete(key);
  }

  /** Writes to KV, and then to the memory of each edge process, so that publications have effect in all of them at once. */
  async put(key: string, value: string, options: KVNamespacePutOptions): Promise<void> {
    await this.env.ZONES.put(key, value, options);
    const numbers = Array.from({ length: this.env.EDGES }, (_, index) => index + 1);
    await Promise.all(numbers.map((number) => this.#tell(number, key, value)));
  }

  /** The figures of each edge process; null: it does not answer. */
  isolates(): Promise<(IsolateFigures | null)[]> {
    const edges = Array.from({ length: this.env.EDGES }, (_, index) => this.env[`EDGE_${index + 1}`]!);
    return Promise.all(edges.map((edge) => figuresOf(edge)));
  }

  async #tell(number: number, key: string, document: string): Promise<void> {
    const publication = { method: "PUT", body: document, signal: AbortSignal.timeout(LISTEN_MS) };
    try {
      const answer = await this.env[`EDGE_${number}`]!.fetch(`http://edge/${encodeURIComponent(key)}`, publication);
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`it answers ${answer.status}`);
    } catch (error) {
      log("edge_not_told", { edge: number, key, error });
    }
  }
}

async function figuresOf(edge: Fetcher): Promise<IsolateFigures | null> {
  try {
    const answer = await edge.fetch("http://edge/", { signal: AbortSignal.timeout(LISTEN_MS) });
    return (await answer.json<IsolateFigures | null>()) ?? IDLE;
  } catch (error) {
    log("edge_not_told", { edge: "figures", error });
    return null;
  }
}

/** Replaces the binding `DB` in an edge process, with those of its methods that readers of names call. */
export class Database extends WorkerEntrypoint<Env> {
  prepare(query: string): Statement {
    return new Statement(this.env.DB.prepare(query));
  }
}

class Statement extends RpcTarget {
  readonly #statement: D1PreparedStatement;

  constructor(statement: D1PreparedStatement) {
    super();
    this.#statement = statement;
  }

  bind(...values: unknown[]): Statement {
    return new Statement(this.#statement.bind(...values));
  }

  first(): Promise<unknown> {
    return this.#statement.first();
  }

  all(): Promise<D1Result> {
    return this.#statement.all();
  }
}

/** Replaces the bindings of buckets in an edge process. It is called by HTTP, with the bucket and the key as the path. */
export class Buckets extends WorkerEntrypoint<Env> {
  override async fetch(request: Request): Promise<Response> {
    const [, name = "", key = ""] = /^\/([^/]+)\/(.*)$/.exec(new URL(request.url).pathname) ?? [];
    const asked = askingBuckets(this.env)(name, decodeURIComponent(key), request);
    // A 404 would be the bucket's own answer.
    return asked ?? new Response(null, { status: 421 });
  }
}

/** Replaces the binding `LOCATION_METER` in an edge process, with the method that counting calls. */
export class Meters extends WorkerEntrypoint<Env> {
  getByName(name: string): Meter {
    return new Meter(this.env.LOCATION_METER.getByName(name));
  }
}

class Meter extends RpcTarget {
  readonly #meter: DurableObjectStub<LocationMeter>;

  constructor(meter: DurableObjectStub<LocationMeter>) {
    super();
    this.#meter = meter;
  }

  add(batch: UsageBatch, generation: number): Promise<Receipt> {
    return this.#meter.add(batch, generation);
  }
}

/** Replaces the binding `ZONE_TAIL` in an edge process, with the method that isolates call. */
export class Tails extends WorkerEntrypoint<Env> {
  getByName(name: string): Tail {
    return new Tail(this.env.ZONE_TAIL.getByName(name));
  }
}

class Tail extends RpcTarget {
  readonly #tail: DurableObjectStub<ZoneTail>;

  constructor(tail: DurableObjectStub<ZoneTail>) {
    super();
    this.#tail = tail;
  }

  take(batch: TailBatch): Promise<TailPace | null> {
    return this.#tail.take(batch);
  }
}

/** Replaces the binding `LOG_OUTBOX` in an edge process, with the method that isolates call. */
export class Outboxes extends WorkerEntrypoint<Env> {
  getByName(name: string): Outbox {
    return new Outbox(this.env.LOG_OUTBOX.getByName(name));
  }
}

class Outbox extends RpcTarget {
  readonly #outbox: DurableObjectStub<LogOutbox>;

  constructor(outbox: DurableObjectStub<LogOutbox>) {
    super();
    this.#outbox = outbox;
  }

  take(chunk: LogChunk): Promise<void> {
    return this.#outbox.take(chunk);
  }
}

/** How many zones have notes, and how long these may be together (characters). */
const NOTES = { entries: 10_000, weight: 4_194_304 };
const notes = new BoundedMap<string, string>(NOTES, "the oldest", (_, { length }) => length);

/** Which origins of which zones are down, shared between the processes, which have no cache in common. */
export class OriginNotes extends WorkerEntrypoint<Env> implements LocationNotes {
  async read(zone: string): Promise<string | null> {
    return notes.get(zone) ?? null;
  }

  async write(zone: string, text: string): Promise<void> {
    notes.set(zone, text);
  }
}

export default {} satisfies ExportedHandler<Env>;
