import { type EndReason, LONGEST_SECONDS, MOST_A_SECOND, type TailFilter } from "./tail-protocol.ts";

/** The identity of a listener, as far as needed to check again whether they may listen. */
export type Listening =
  | { kind: "key"; id: string; expiresAt: number | null }
  /** `session`: its id; `person`: theirs. */
  | { kind: "session"; session: string; person: string };

/** What somebody asks of a tail. */
export interface ListenerRequest {
  /** Id and name of the zone, and its account. */
  zone: string;
  name: string;
  account: string;
  mode: "live" | "test";
  who: Listening;
  filter: TailFilter;
  /** At most {@link LONGEST_SECONDS}. */
  seconds: number;
}

/** Messages to a listener besides requests. */
export type TailMessage =
  | { type: "open"; zone: string; until: string; most_a_second: number }
  /** Requests that passed the filter but were left out since the last message of this kind. */
  | { type: "omitted"; count: number }
  | { type: "end"; reason: EndReason };

/** The connection to a listener. */
export interface Connection {
  send(message: TailMessage): void;
  /** Sends requests. @param events as `eventBytes` makes them */
  sendRequests(events: Uint8Array): void;
  keepAlive(): void;
  /** Closes it. Everything sent before is still delivered. */
  end(): void;
  /** How much was sent that the listener has not received, in bytes or characters. */
  readonly waiting: number;
}

/** If a listener is so far behind, new events are left out. */
const MOST_WAITING = 2_097_152;

export function openMessage(zone: string, until: number): TailMessage {
  return { type: "open", zone, until: new Date(until).toISOString(), most_a_second: MOST_A_SECOND };
}

/** Until when a listener who begins now may listen. */
export function endOf({ seconds, who }: ListenerRequest, now: number): number {
  const end = now + Math.min(seconds, LONGEST_SECONDS) * 1_000;
  return who.kind === "key" && who.expiresAt !== null ? Math.min(end, who.expiresAt) : end;
}

/** Whether a listener keeps up with what it is sent. */
export function keepsUp({ waiting }: Connection): boolean {
  return waiting < MOST_WAITING;
}
