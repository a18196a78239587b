import { isError } from "../../http/statuses.ts";
import type { Break } from "../body/how-it-broke.ts";

/** Why an origin gave no answer, or not a whole one: the words in `Cache-Status`, error bodies, logs and usage. */
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

/** Why the body of a request did not reach its origin as a whole, through its client's fault. */
export type RequestBodyFailure = "request-body-cut" | "request-body-timeout";

/** What is known of a request that ended without an answer. */
export interface FailedRequest {
  /** The zone's timeout had passed. */
  timedOut: boolean;
  /** Something came that is not HTTP. */
  isNonsense: boolean;
  /** What made the request: the platform's `fetch`, or our own client over a socket. */
  client: "fetch" | "socket";
  /** The error that it threw, as text. */
  error: string;
  isTls: boolean;
  /** The origin is given as an IP address. */
  isAddress: boolean;
  /** Whether a bare TCP connection could be made right afterwards; null: unknown. */
  connects: boolean | null;
}

/** workerd's error for an unknown name, for a failed TLS handshake, and for an address that it never connects to. */
const INTERNAL = "internal error";
/** Its error for a refused connection, for one that ends before an answer, and for bytes that are not HTTP. */
const LOST = "Network connection lost";
/** Its error for anything that keeps a socket from being opened. */
const UNCONNECTED = "cannot connect to the specified address";

/** Whether trying a bare TCP connection now would tell what went wrong. */
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
 * The word for a request that ended without an answer. The platform has only three messages for all cases. Whether a bare
 * connection can be made tells the rest.
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

/** Cloudflare's own answers, in place of a server behind it that gave it no answer. */
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
 * The word for an answer of Cloudflare's own: `fetch` returns these there instead of throwing. Null for all others, and if
 * another server answers with such a status.
 *
 * @param text the body, if it is short
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
 * Why a body was not whole. Most answers are under way by then, so these words are in logs and usage, but seldom in
 * `Cache-Status`.
 */
export type BodyFailure = "origin-body-timeout" | "origin-body-cut" | "origin-body-expands";

/** The word for a body that broke, by how it broke. */
export const BODY_FAILURES = {
  "idle-timeout": "origin-body-timeout",
  "cut-off": "origin-body-cut",
  "wrong-length": "origin-body-cut",
  "expands-too-much": "origin-body-expands",
} as const satisfies Record<Break, BodyFailure>;
