import { connect } from "cloudflare:sockets";
import { inTime } from "../../memo/within.ts";
import { Malformed } from "./byte-reader.ts";
import { cloudflareReason, type FailureReason, failureReasonOf, isTellingToConnect } from "./failure-reason.ts";

/** How long a bare connection may take, ms. */
const LONGEST_MS = 1_000;

/** The longest text in which Cloudflare reports what happened to a Worker's `fetch`, such as `error code: 1016`. */
const SHORT_BYTES = 64;

/**
 * Why a request to an origin ended without an answer.
 *
 * @param origin `scheme://host[:port]`
 * @param client what made the request
 * @param timedOut the zone's timeout had passed
 */
export async function whyFailed(
  error: unknown,
  origin: string,
  client: "fetch" | "socket",
  timedOut: boolean,
): Promise<FailureReason> {
  const { protocol, hostname } = new URL(origin);
  const failed = {
    timedOut,
    isNonsense: error instanceof Malformed,
    client,
    error: String(error),
    isTls: protocol === "https:",
    isAddress: /^(?:\[.*\]|[\d.]+)$/.test(hostname),
  };
  return failureReasonOf({ ...failed, connects: isTellingToConnect(failed) ? await canConnect(origin) : null });
}

/** Why the platform itself answered in place of an origin; null: it did not. */
export async function platformReason(response: Response): Promise<FailureReason | null> {
  if (cloudflareReason(response, "") === null) return null;
  const isShort = Number(response.headers.get("content-length") ?? Infinity) <= SHORT_BYTES;
  const text = isShort ? await new Response(response.body).text().catch(() => "") : "";
  return cloudflareReason(response, text);
}

/** Whether a TCP connection to an origin can be made now; null: not within {@link LONGEST_MS}. */
async function canConnect(origin: string): Promise<boolean | null> {
  const { protocol, hostname, port } = new URL(origin);
  const socket = connect({ hostname, port: Number(port) || (protocol === "https:" ? 443 : 80) });
  socket.closed.catch(() => undefined); // `opened` reports it
  const opened = socket.opened.then(
    () => true,
    () => false,
  );
  const isOpen = await inTime(LONGEST_MS, opened);
  void socket.close().catch(() => undefined);
  return isOpen;
}
