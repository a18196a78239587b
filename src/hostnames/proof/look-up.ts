import { Buffer } from "node:buffer";
import { decode, encode, type Packet, RECURSION_DESIRED } from "dns-packet";
import { log } from "../../log/log.ts";
import { readBounded } from "./read-bounded.ts";

/** What a resolver says about a name. */
export type Lookup =
  | {
      kind: "answer";
      /** The name and the aliases after it, in order, in lower case. */
      names: readonly string[];
      /** The records of the requested type that the last name has: addresses, or the joined strings of each TXT record. */
      values: readonly string[];
    }
  /** It said nothing credible: neither that there is something nor that there is nothing. */
  | { kind: "unknown"; reason: string };

export type RecordType = "A" | "AAAA" | "TXT";

const TIMEOUT_MS = 5_000;
/** RFC 1035 §4.2.2: the length of a message has 16 bits. */
const LONGEST_MESSAGE = 65_535;
const MESSAGE_TYPE = "application/dns-message";
const MOST_ALIASES = 16;

/**
 * Asks a resolver by DNS over HTTPS (RFC 8484). Never throws. NXDOMAIN and the lack of a record of the type are answers;
 * SERVFAIL, REFUSED, silence and nonsense are not.
 *
 * @param resolver its URL
 */
export async function lookUp(resolver: string, name: string, type: RecordType): Promise<Lookup> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(resolver, {
      method: "POST",
      headers: { "content-type": MESSAGE_TYPE, accept: MESSAGE_TYPE },
      // RFC 8484 §4.1: an ID of 0.
      body: encode({ type: "query", id: 0, flags: RECURSION_DESIRED, questions: [{ name, type }] }),
      cache: "no-store", // never from the cache of our own Cloudflare zone
      redirect: "manual",
      signal,
    });
    if (response.status !== 200) {
      await response.body?.cancel().catch(() => undefined); // only the status counts
      return unknown(`the resolver answered with status ${response.status}`);
    }
    const message = await readBounded(response.body, LONGEST_MESSAGE);
    return message === null ? unknown("the resolver's answer is too long") : readMessage(message, name, type);
  } catch (error) {
    if (signal.aborted) return unknown(`the resolver did not answer within ${TIMEOUT_MS / 1_000} seconds`);
    log("resolver_failed", { error });
    return unknown("the resolver could not be reached");
  }
}

function readMessage(message: Uint8Array, name: string, type: RecordType): Lookup {
  let packet: Packet;
  try {
    packet = decode(Buffer.from(message.buffer, message.byteOffset, message.byteLength));
  } catch {
    return unknown("the resolver's answer is not a DNS message");
  }
  const [question] = packet.questions;
  const isAnswer = packet.type === "response" && question?.type === type && bare(question.name) === name;
  if (!isAnswer || packet.flag_tc) return unknown("the resolver's answer is to another question");
  if (packet.rcode !== "NOERROR" && packet.rcode !== "NXDOMAIN")
    return unknown(`the resolver answered ${packet.rcode}`);
  return readAnswers(packet.answers, name, type);
}

function readAnswers(answers: Packet["answers"], name: string, type: RecordType): Lookup {
  const names = [name];
  for (;;) {
    const last = names.at(-1)!;
    const alias = answers.find((record) => record.type === "CNAME" && bare(record.name) === last);
    if (alias === undefined) {
      const found = answers.filter((record) => record.type === type && bare(record.name) === last);
      return { kind: "answer", names, values: found.map(({ data }) => textOf(data)) };
    }
    const target = bare(String(alias.data));
    if (names.includes(target) || names.length > MOST_ALIASES)
      return unknown("the name's chain of aliases (CNAME) does not end");
    names.push(target);
  }
}

/** RFC 1035 §3.3.14: a TXT record is one string or more; joined they are its value, as in SPF and DMARC. */
function textOf(data: unknown): string {
  const strings = Array.isArray(data) ? (data as unknown[]) : [data];
  return strings.map((part) => (part instanceof Uint8Array ? new TextDecoder().decode(part) : String(part))).join("");
}

function bare(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

function unknown(reason: string): Lookup {
  return { kind: "unknown", reason };
}
