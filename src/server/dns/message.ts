import { decode, encode, type OptAnswer } from "dns-packet";
import { readName } from "../../records/dns/wire.ts";

export const FORMERR = 1;
export const SERVFAIL = 2;

const HEADER_OCTETS = 12;
const QR = 0x8000;
const TC = 0x0200;
/** Opcode and RD, which an answer repeats. */
const REPEATED = 0x7900;
/** RFC 1035 §4.2.1: what every client takes by UDP. */
const PLAIN_UDP_PAYLOAD = 512;
/** More is fragmented on most paths, and then often lost. */
const LARGEST_UDP_PAYLOAD = 4_096;
const OWN_UDP_PAYLOAD = 1_232;

/** Whether a datagram is to be answered: an answer never is, or two servers could go on answering each other. */
export function isQuery(message: Buffer): boolean {
  return message.length >= HEADER_OCTETS && (message.readUInt16BE(2) & QR) === 0;
}

/** An answer that is nothing but an RCODE, to a query that has a header. */
export function rcodeAnswer(query: Buffer, rcode: number): Buffer {
  return answer(query, (query.readUInt16BE(2) & REPEATED) | QR | rcode, null);
}

/**
 * An answer as it fits into a datagram: the same, or without its records and with TC, upon which the client asks again
 * over TCP (RFC 1035 §4.2.1, RFC 2181 §9). The client says by EDNS how much it takes (RFC 6891 §6.2.5).
 */
export function fitDatagram(whole: Buffer, query: Buffer): Buffer {
  const limit = payloadLimit(query);
  if (whole.length <= limit) return whole;
  return answer(whole, whole.readUInt16BE(2) | TC, optOf(whole));
}

function payloadLimit(query: Buffer): number {
  const asked = optOf(query)?.udpPayloadSize ?? PLAIN_UDP_PAYLOAD;
  return Math.min(Math.max(asked, PLAIN_UDP_PAYLOAD), LARGEST_UDP_PAYLOAD);
}

/** The OPT record of a message; null where there is none, or where the message cannot be read. */
function optOf(message: Buffer): OptAnswer | null {
  try {
    return decode(message).additionals?.find((record): record is OptAnswer => record.type === "OPT") ?? null;
  } catch {
    return null; // what cannot be read has said nothing
  }
}

/** A message of a header, the question of another message, octet by octet, and perhaps its OPT record without options. */
function answer(of: Buffer, flags: number, opt: OptAnswer | null): Buffer {
  const question = questionOf(of);
  const additionals = opt === null ? [] : [{ ...opt, udpPayloadSize: OWN_UDP_PAYLOAD, options: [] }];
  const message = encode({ type: "response", id: of.readUInt16BE(0), flags, additionals });
  const whole = Buffer.concat([message.subarray(0, HEADER_OCTETS), question, message.subarray(HEADER_OCTETS)]);
  whole.writeUInt16BE(question.length > 0 ? 1 : 0, 4);
  return whole;
}

function questionOf(message: Buffer): Buffer {
  const name = message.readUInt16BE(4) === 1 ? readName(message, HEADER_OCTETS) : null;
  return name === null || name.end + 4 > message.length
    ? Buffer.alloc(0)
    : message.subarray(HEADER_OCTETS, name.end + 4);
}
