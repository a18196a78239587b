import { UDP_PAYLOAD } from "../../records/dns/message.ts";
import { HEADER_OCTETS, type Opt, readOpts, readQuestion } from "../../records/dns/wire.ts";
import { writeMessage } from "../../records/dns/write-message.ts";

export const FORMERR = 1;
export const SERVFAIL = 2;
export const REFUSED = 5;

const QR = 0x8000;
const TC = 0x0200;
/** Opcode and RD, which an answer repeats. */
const REPEATED = 0x7900;
const DNSSEC_OK = 0x8000;
/** RFC 1035 §4.2.1: the size that every client accepts by UDP. */
const PLAIN_UDP_PAYLOAD = 512;

/** Whether to answer a datagram. An answer is never answered, or two servers could go on answering each other. */
export function isQuery(message: Buffer): boolean {
  return message.length >= HEADER_OCTETS && (message.readUInt16BE(2) & QR) === 0;
}

/** An answer that consists only of an RCODE, to a query that has a header. */
export function rcodeAnswer(query: Buffer, rcode: number): Buffer {
  return emptyAnswer(query, rcode);
}

/** An answer that only asks to try again over TCP, which proves that the client's address is real. */
export function truncatedAnswer(query: Buffer): Buffer {
  return emptyAnswer(query, TC);
}

function emptyAnswer(query: Buffer, flags: number): Buffer {
  const opt = optOf(query);
  return bare(query, (query.readUInt16BE(2) & REPEATED) | QR | flags, opt && { ...opt, extendedRcode: 0 });
}

/**
 * An answer that fits into a datagram: unchanged, or without its padding (RFC 7830 §4), or without its records and with TC,
 * after which the client tries again over TCP (RFC 1035 §4.2.1, RFC 2181 §9). It is no longer than the client accepts by EDNS
 * (RFC 6891 §6.2.5), nor than this server itself would accept.
 */
export function fitDatagram(whole: Buffer, query: Buffer): Buffer {
  const taken = Math.max(optOf(query)?.udpPayload ?? 0, PLAIN_UDP_PAYLOAD);
  const limit = Math.min(taken, UDP_PAYLOAD);
  if (whole.length <= limit) return whole;
  const opt = optOf(whole);
  const unpadded = opt === null ? whole : withoutOptions(whole, opt);
  return unpadded.length <= limit ? unpadded : bare(whole, whole.readUInt16BE(2) | TC, opt);
}

/** The OPT record of a message; null: there is none that can be read. */
function optOf(message: Buffer): Opt | null {
  return readOpts(message).opts[0] ?? null;
}

/** A message without the options of its OPT record, if that comes last. */
function withoutOptions(message: Buffer, { data, end }: Opt): Buffer {
  if (end !== message.length) return message;
  const shorter = Buffer.from(message.subarray(0, data));
  shorter.writeUInt16BE(0, data - 2);
  return shorter;
}

/** A message with a header, the question of another message, octet by octet, and perhaps an OPT record without options. */
function bare(of: Buffer, flags: number, opt: Pick<Opt, "extendedRcode" | "flags"> | null): Buffer {
  return Buffer.from(
    writeMessage({
      id: of.readUInt16BE(0),
      flags,
      asked: readQuestion(of),
      opt: opt && {
        udpPayload: UDP_PAYLOAD,
        extendedRcode: opt.extendedRcode,
        flags: opt.flags & DNSSEC_OK,
        padTo: null,
      },
    }),
  );
}
