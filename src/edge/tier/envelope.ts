import { asciiJson } from "../../http/ascii-json.ts";
import type { OriginFailure } from "../origin/origin.ts";
import { TIER_FORM } from "./question.ts";

/** What a tier answers: the origin's answer, or why there is none. */
export type Envelope = { asker: string } & (
  | ({ kind: "answer" } & TierAnswer)
  /** The origin gave no answer. */
  | ({ kind: "failure" } & OriginFailure)
  /**
   * The tier does not know the zone as the edge does, or the answer does not fit into an envelope. The edge asks the origin
   * itself.
   */
  | { kind: "refused"; reason: "tier-behind" | "tier-unfit" }
);

/** The head of an origin's answer, and what is known of it. */
export interface TierAnswer {
  status: number;
  headers: [name: string, value: string][];
  /** The body's length as it comes, bytes; null: unknown. */
  length: number | null;
  requestedAt: number;
  answeredAt: number;
  isFallback: boolean;
  /** The name of the origin that answered, if there are several; null: the zone has one. */
  origin: string | null;
  /** The zone's version under which it was asked for. */
  version: number;
  /** Whether a cache may keep it at all. If not, the edge had better ask without the tier. */
  isShared: boolean;
}

/** Carries the head beside the body. */
export const ENVELOPE_HEADER = "rescdn-envelope";

/** The longest head that is sent: platforms limit the size of an answer's fields (characters). */
const LONGEST_HEAD = 65_536;

/** How long failures of the origin are kept, so that requests collapse during an outage too (seconds). */
export const FAILURE_SECONDS = 2;

/**
 * Puts an answer into an envelope: always a 200 of an opaque type without validators, `Vary` or `Set-Cookie`, so that the cache
 * in front of the tier does not interpret it.
 *
 * @param seconds how long that cache may keep it; 0: not at all
 */
export function toEnvelope(envelope: Envelope, body: ReadableStream | Blob | null, seconds: number): Response {
  const text = asciiJson({ form: TIER_FORM, ...envelope });
  const isKept = seconds > 0;
  const headers = {
    "content-type": "application/octet-stream",
    "cloudflare-cdn-cache-control": isKept ? `max-age=${seconds}, must-revalidate` : "no-store",
    [ENVELOPE_HEADER]: text,
  };
  return new Response(body, { headers });
}

/** Whether an answer's head fits into an envelope, and into a response that is made from that. */
export function fitsEnvelope(envelope: Envelope & TierAnswer): boolean {
  return envelope.status >= 200 && envelope.status <= 599 && asciiJson(envelope).length <= LONGEST_HEAD;
}

/** The head in a response of the tier; null: there is none, which is a failure of the tier. */
export function openEnvelope({ status, headers }: Pick<Response, "status" | "headers">): Envelope | null {
  if (status !== 200) return null;
  try {
    const { form, ...envelope } = JSON.parse(headers.get(ENVELOPE_HEADER) ?? "{}") as Envelope & { form?: number };
    return form === TIER_FORM ? envelope : null;
  } catch {
    return null;
  }
}

/** The head as it is sent, for a cache to keep; null: there is none. */
export function envelopeHead({ headers }: Pick<Response, "headers">): string | null {
  return headers.get(ENVELOPE_HEADER);
}

/** How long a cache may keep an envelope, as the envelope says, seconds; 0: not at all. */
export function envelopeSeconds({ headers }: Pick<Response, "headers">): number {
  const seconds = /^max-age=(\d+), must-revalidate$/.exec(headers.get("cloudflare-cdn-cache-control") ?? "")?.[1];
  return Number(seconds ?? 0);
}
