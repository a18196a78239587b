import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import type { Line, Origin } from "./edge.ts";
import { originAt } from "./edge.ts";

/** A batch as a receiver got it, and whether it was accepted. */
export interface ReceivedBatch {
  id: string;
  headers: Record<string, string>;
  text: string;
  taken: boolean;
}

let receivers = 0;

/** A server that receives logs. */
export class LogReceiver {
  readonly batches: ReceivedBatch[] = [];
  readonly origin: Origin;
  readonly url: string;
  /** Whether it accepts the next batch; throwing means that the server is down. */
  takes: () => boolean = () => true;

  constructor() {
    this.origin = originAt(`https://logs-${++receivers}-${crypto.randomUUID().slice(0, 8)}.example`);
    this.url = `${this.origin.url}/in?token=planted-in-the-url`;
    this.origin.answers(this.#line);
  }

  readonly #line: Line = async (request) => {
    const text = await new Response(request.clone().body!.pipeThrough(new DecompressionStream("gzip"))).text();
    const headers = Object.fromEntries(request.headers);
    const taken = this.takes();
    this.batches.push({ id: headers["webhook-id"] ?? "", headers, text, taken });
    return new Response(null, { status: taken ? 204 : 503 });
  };

  /** The lines of accepted batches, each batch once, however often it came. */
  get lines(): Record<string, unknown>[] {
    const once = new Map(this.batches.filter(({ taken }) => taken).map(({ id, text }) => [id, text]));
    return [...once.values()].flatMap(linesOf);
  }
}

export function linesOf(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** The outbox of a zone, whose alarms run when a test says so. */
export class PlayedOutbox {
  readonly zone: string;

  constructor(zone: string) {
    this.zone = zone;
  }

  get stub() {
    return env.LOG_OUTBOX.getByName(this.zone);
  }

  /** Runs the alarm that is set, at its time; false: none is set. */
  async alarm(): Promise<boolean> {
    const at = await this.alarmAt();
    if (at !== null && at > Date.now()) vi.setSystemTime(at);
    return runDurableObjectAlarm(this.stub);
  }

  alarmAt(): Promise<number | null> {
    return runInDurableObject(this.stub, (_, { storage }) => storage.getAlarm());
  }
}
