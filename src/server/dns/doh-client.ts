import { BRIDGE_CLIENT, BRIDGE_SECRET } from "../../records/dns/bridge-fields.ts";
import { report } from "../log/report.ts";
import { FORMERR, rcodeAnswer, SERVFAIL } from "./message.ts";

/** Who asks the bridge. */
export interface BridgeClient {
  transport: "udp" | "tcp";
  address: string;
}

/**
 * Asks upstream, and always has an answer: where upstream fails, an RCODE. Null: the client asks for more than it may, and is
 * told so in the way of its transport.
 */
export type Ask = (query: Buffer, client: BridgeClient) => Promise<Buffer | null>;

const MESSAGE_TYPE = "application/dns-message";
const TIMEOUT_MS = 5_000;
/** Questions that are asked at the same time; further ones get SERVFAIL, so that resolvers turn elsewhere. */
const CONCURRENT = 256;
/** Of these, one client's: the others' must find a place. */
const CONCURRENT_OF_CLIENT = 64;
/** RFC 1035 §4.2.2: what TCP's length of two octets can say. */
const LONGEST_MESSAGE = 65_535;

/**
 * A client of a DoH server (RFC 8484), by POST.
 *
 * @param secret by which a server of ours believes the bridge about its clients; null: to the server they are one
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
      // Once for each time that it goes away.
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
  // Too short or too long for a query: its sender's fault.
  if (response.status === 400 || response.status === 413) return rcodeAnswer(query, FORMERR);
  if (response.status === 429) return null;
  if (response.status !== 200) throw new Error(`HTTP ${response.status}`);
  if (response.headers.get("content-type") !== MESSAGE_TYPE)
    throw new Error(`it is no DoH server: ${response.headers.get("content-type")}`);
  if (body.length < 12 || body.length > LONGEST_MESSAGE || body.readUInt16BE(0) !== query.readUInt16BE(0)) {
    throw new Error("its answer is no answer to the question");
  }
  return body;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
