import { BRIDGE_CLIENT, BRIDGE_SECRET } from "../../records/dns/bridge-fields.ts";
import { report } from "../log/report.ts";
import { FORMERR, rcodeAnswer, SERVFAIL } from "./message.ts";

/** Whoever asks the bridge. */
export interface BridgeClient {
  transport: "udp" | "tcp";
  address: string;
}

/**
 * Asks upstream. There is always an answer: an RCODE if upstream fails. Null: the client has exceeded its limit, and is told so
 * in the way of its transport.
 */
export type Ask = (query: Buffer, client: BridgeClient) => Promise<Buffer | null>;

const MESSAGE_TYPE = "application/dns-message";
const TIMEOUT_MS = 5_000;
/** How many questions are asked at once; others get SERVFAIL, so that resolvers try elsewhere. */
const CONCURRENT = 256;
/** How many of them one client may have, so that there is room for others. */
const CONCURRENT_OF_CLIENT = 64;
/** RFC 1035 §4.2.2: the most that TCP's two octets of length can express. */
const LONGEST_MESSAGE = 65_535;

/**
 * A client of a DoH server (RFC 8484), using POST.
 *
 * @param secret makes a server of ours believe the bridge about its clients; null: the server sees them all as one
 */
export function dohClient(url: string, secret: string | null): Ask {
  let asking = 0;
  const askingOf = new Map<string, number>();
  let reported = false;
  return async (query, client) => {
    const ofClient = askingOf.get(client.address) ?? 0;
    if (ofClient >= CONCURRENT_OF_CLIENT) return null;
    if (asking >= CONCURRENT) return rcodeAnswer(query, SERVFAIL);
    asking++;
    askingOf.set(client.address, ofClient + 1);
    try {
      const answer = await ask(url, query, secret === null ? {} : statementOf(client, secret));
      reported = false;
      return answer;
    } catch (error) {
      // Reported once for each time that it becomes unreachable.
      if (!reported) report("doh_unreachable", { endpoint: new URL(url).origin, error: describe(error) });
      reported = true;
      return rcodeAnswer(query, SERVFAIL);
    } finally {
      asking--;
      const left = askingOf.get(client.address)! - 1;
      if (left > 0) askingOf.set(client.address, left);
      else askingOf.delete(client.address);
    }
  };
}

function statementOf({ transport, address }: BridgeClient, secret: string): Record<string, string> {
  return { [BRIDGE_SECRET]: secret, [BRIDGE_CLIENT]: `${transport} ${address}` };
}

async function ask(url: string, query: Buffer, statement: Record<string, string>): Promise<Buffer | null> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": MESSAGE_TYPE, accept: MESSAGE_TYPE, ...statement },
    body: new Uint8Array(query),
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const body = Buffer.from(await response.arrayBuffer());
  // It is too short or too long for a query, which is its sender's fault.
  if (response.status === 400 || response.status === 413) return rcodeAnswer(query, FORMERR);
  if (response.status === 429) return null;
  if (response.status !== 200) throw new Error(`HTTP ${response.status}`);
  if (response.headers.get("content-type") !== MESSAGE_TYPE)
    throw new Error(`it is not a DoH server: ${response.headers.get("content-type")}`);
  if (body.length < 12 || body.length > LONGEST_MESSAGE || body.readUInt16BE(0) !== query.readUInt16BE(0)) {
    throw new Error("its answer is to another question");
  }
  return body;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
