import { isError } from "../../http/statuses.ts";
import type { PumpOutcome } from "../body/pump.ts";

/** Why an origin gave no answer, or no whole one: the words of `Cache-Status`, of error bodies, of logs and of usage. */
export type FailureReason =
  | "origin-dns"
  | "origin-refused"
  | "origin-unreachable"
  | "origin-tls"
  | "origin-tls-handshake"
  | "origin-certificate"
  | "origin-reset"
  | "origin-timeout"
  | "origin-nonsense"
  | "redirect-loop"
  | "path-outside"
  | "origin-auth"
  | "origin-busy"
  | "origin-429"
  | "origin-5xx"
  | RequestBodyFailure
  | BodyFailure;

/** Why the body of a request did not reach its origin as a whole, by the fault of its client. */
export type RequestBodyFailure = "request-body-cut" | "request-body-timeout";

/** A request that ended without an answer, and what is known of it. */
export interface FailedRequest {
  /** The zone's patience was at an end. */
  timedOut: boolean;
  /** Something came that is no HTTP. */
  isNonsense: boolean;
  /** Who asked: the platform's `fetch`, or our own client over a socket. */
  client: "fetch" | "socket";
  /** What it threw. */
  error: string;
  isTls: boolean;
  /** The origin is named by its address. */
  isAddress: boolean;
  /** Whether a bare TCP connection could be made right after it; null: nobody knows. */
  connects: boolean | null;
}

/** What workerd says of a name that nobody knows, of a failed TLS handshake, and of an address that it never asks. */
const INTERNAL = "internal error";
/** Of a refused connection, of one that ends before an answer, and of bytes that are no HTTP. */
const LOST = "Network connection lost";
/** Of all that keeps a socket from being opened. */
const UNCONNECTED = "cannot connect to the specified address";

/** Whether a bare TCP connection, made now, would tell what it was. */
export function isTellingToConnect({
  timedOut,
  isNonsense,
  client,
  error,
  isTls,
}: Omit<FailedRequest, "connects">): boolean {
  if (timedOut || isNonsense) return false;
  if (client === "socket") return isTls && error.includes(UNCONNECTED);
  return error.includes(LOST) || error.includes(INTERNAL);
}

/**
 * The word for a request that ended without an answer. The platform has three sentences for all of it, so what it leaves open
 * is told by whether a bare connection can be made.
 */
export function failureReasonOf(failed: FailedRequest): FailureReason {
  const { client, error, isTls, isAddress, connects } = failed;
  if (failed.timedOut) return "origin-timeout";
  if (failed.isNonsense) return "origin-nonsense";
  if (client === "socket") {
    if (!error.includes(UNCONNECTED)) return "origin-reset";
    if (isTls && connects !== false) return connects ? "origin-tls" : "origin-unreachable";
    return isAddress ? "origin-refused" : "origin-unreachable";
  }
  if (connects === null) return "origin-unreachable";
  if (error.includes(LOST)) return connects ? "origin-reset" : "origin-refused";
  if (connects) return isTls ? "origin-tls" : "origin-unreachable";
  return isAddress ? "origin-unreachable" : "origin-dns";
}

/** What Cloudflare answers in the place of a server that is behind it, and that it got no answer from. */
const CLOUDFLARE: ReadonlyMap<number, FailureReason> = new Map<number, FailureReason>([
  [520, "origin-nonsense"],
  [521, "origin-refused"],
  [522, "origin-timeout"],
  [523, "origin-unreachable"],
  [524, "origin-timeout"],
  [525, "origin-tls-handshake"],
  [526, "origin-certificate"],
  [530, "origin-unreachable"],
]);

/**
 * The word for an answer that is Cloudflare's own: there, `fetch` does not throw, but answers so. Null for all others, and
 * where another server answers with such a status.
 *
 * @param text what it says, where it is short
 */
export function cloudflareReason(
  { status, headers }: Pick<Response, "status" | "headers">,
  text: string,
): FailureReason | null {
  const isOwn = headers.get("server")?.toLowerCase() === "cloudflare" && headers.has("cf-ray");
  const reason = isOwn ? CLOUDFLARE.get(status) : undefined;
  return status === 530 && reason !== undefined && text.includes("1016") ? "origin-dns" : (reason ?? null);
}

/** The word for an answer that is an error; null for any other. */
export function errorReasonOf(status: number): Extract<FailureReason, "origin-429" | "origin-5xx"> | null {
  if (!isError(status)) return null;
  return status === 429 ? "origin-429" : "origin-5xx";
}

/**
 * Why a body was not whole. Most answers are under way by then, so these words stand in logs and usage, and seldom in
 * `Cache-Status`.
 */
export type BodyFailure = "origin-body-timeout" | "origin-body-cut" | "origin-body-expands";

/** The word for a body that broke, by how it did. */
export const BODY_FAILURES = {
  "idle-timeout": "origin-body-timeout",
  "cut-off": "origin-body-cut",
  "wrong-length": "origin-body-cut",
  "expands-too-much": "origin-body-expands",
} as const satisfies Record<Extract<PumpOutcome, { kind: "broken" }>["reason"], BodyFailure>;
