import type { ZoneSettings } from "../../src/zones/settings.ts";

/** What the origin did with one request; times in ms since the epoch, `Seq` in the order of events of a scenario. */
export interface OriginExchange {
  id: number;
  zone: string;
  /** The client's request that it was made for, see `followCallers`. */
  step: number;
  method: string;
  /** Path and query as the origin saw them. */
  resource: string;
  request: Headers;
  requestedSeq: number;
  requestedAt: number;
  answeredAt: number;
  /** When the last byte of the body was taken, or the body broke or was given up; Infinity before. */
  endedSeq: number;
  /** 0: the connection failed. */
  status: number;
  headers: Headers;
  /** The whole identity content that the answer stands for, whatever of it was sent; of a 206 the whole too. */
  content: Uint8Array;
  /** The content was not sent as it was promised. */
  defect: "cut-off" | "too-short" | "too-long" | null;
  /** What of the request selected the content. */
  variant: string;
}

/** A client's request. */
export interface Step {
  id: number;
  zone: string;
  settings: ZoneSettings;
  method: string;
  /** As it was spelled. */
  url: string;
  /** Canonical path and query: what names the resource. */
  path: string;
  query: string;
  headers: Headers;
  startedSeq: number;
  startedAt: number;
  endedSeq: number;
}

/** What the client got; `body` null where it left without reading. */
export interface Answer {
  status: number;
  headers: Headers;
  body: Uint8Array | null;
  /** The error of a body that broke off. */
  broken: string | null;
}

export interface RecordedPurge {
  zone: string;
  kind: "everything" | "path" | "url" | "prefix" | "tag";
  value: string;
  soft: boolean;
  /** ms since the epoch. */
  at: number;
  startedSeq: number;
  acknowledgedSeq: number;
}

/** All that happened in a scenario. */
export class Journal {
  readonly exchanges = new Map<number, OriginExchange>();
  readonly purges: RecordedPurge[] = [];
  readonly steps = new Map<number, Step>();
  /** Unsafe requests that succeeded, and the resources that they have changed. */
  readonly invalidations: { by: Step; keys: readonly string[] }[] = [];
  /** Entity tags that the edge made itself, and the content that they name. */
  readonly madeTags = new Map<string, Uint8Array>();
  readonly #lines: string[] = [];
  #seq = 0;

  /** The next place in the order of events. */
  tick(): number {
    return ++this.#seq;
  }

  note(line: string): void {
    this.#lines.push(`${String(this.#seq).padStart(4)} ${new Date().toISOString().slice(8, 23)} ${line}`);
  }

  /** What happened, for the reader of a failure. */
  get story(): string {
    return this.#lines.join("\n");
  }

  madeFor(step: Step): OriginExchange[] {
    return [...this.exchanges.values()].filter((exchange) => exchange.step === step.id);
  }
}

/** Fields on a line. */
export function shown(headers: Headers): string {
  return [...headers].map(([name, value]) => `${name}: ${value}`).join(" | ");
}
