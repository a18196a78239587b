import { FORMERR, rcodeAnswer, SERVFAIL } from "./message.ts";

/** Asks upstream, and always has an answer: where upstream fails, an RCODE. */
export type Ask = (query: Buffer) => Promise<Buffer>;

const MESSAGE_TYPE = "application/dns-message";
const TIMEOUT_MS = 5_000;
/** Questions that are asked at the same time; further ones get SERVFAIL, so that resolvers turn elsewhere. */
const CONCURRENT = 256;
/** RFC 1035 §4.2.2: what TCP's length of two octets can say. */
const LONGEST_MESSAGE = 65_535;

/** A client of a DoH server (RFC 8484), by POST. */
export function dohClient(url: string): Ask {
  let asking = 0;
  let reported = false;
  return async (query) => {
    if (asking >= CONCURRENT) return rcodeAnswer(query, SERVFAIL);
    asking++;
    try {
      const answer = await ask(url, query);
      reported = false;
      return answer;
    } catch (error) {
      // Once for each time that it goes away.
      if (!reported) console.error(`${url} does not answer: ${describe(error)}`);
      reported = true;
      return rcodeAnswer(query, SERVFAIL);
    } finally {
      asking--;
    }
  };
}

async function ask(url: string, query: Buffer): Promise<Buffer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": MESSAGE_TYPE, accept: MESSAGE_TYPE },
    body: new Uint8Array(query),
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const body = Buffer.from(await response.arrayBuffer());
  // Too short or too long for a query: its sender's fault.
  if (response.status === 400 || response.status === 413) return rcodeAnswer(query, FORMERR);
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
