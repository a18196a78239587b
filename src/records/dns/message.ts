import { Buffer } from "node:buffer";
import { type Answer, decode, encode, type OptAnswer } from "./dns-packet.js";
import { type Question, RCODE, type Reply, type Rr, TYPE } from "./reply.ts";
import { findOpts, readName } from "./wire.ts";

/** What a client said by EDNS (RFC 6891). */
export interface Edns {
  version: number;
  /** DNSSEC OK, which an answer repeats (RFC 3225 §3). */
  dnssecOk: boolean;
  /** It pads its messages, so ours are padded as well (RFC 7830 §4). */
  padding: boolean;
}

interface Header {
  id: number;
  opcode: number;
  recursionDesired: boolean;
}

/** A DNS message, as far as it can be answered. */
export type Query =
  /** Shorter than a header: there is nothing to answer to. */
  | { kind: "none" }
  /** Answered by its header alone. */
  | { kind: "unreadable"; header: Header; rcode: number }
  | { kind: "question"; header: Header; class: number; question: Question; edns: Edns | null; asked: Uint8Array };

const HEADER_OCTETS = 12;
const CLASS_IN = 1;
/** RFC 6891 §6.1.3: the version of EDNS is not ours. */
const BADVERS = 16;
const DNSSEC_OK = 0x8000;
const PADDING_CODE = 12;
/** RFC 8467 §4.1: responses are padded to a multiple of it. */
const PADDING_BLOCK = 468;
/** What we would take by UDP; https://dnsflagday.net/2020/. */
const UDP_PAYLOAD = 1232;

/** Reads a message as a server does, strictly: one question, no octet left over, at most one OPT. Never throws. */
export function parseQuery(bytes: Uint8Array): Query {
  if (bytes.length < HEADER_OCTETS) return { kind: "none" };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint16(2);
  const header = { id: view.getUint16(0), opcode: (flags >> 11) & 0xf, recursionDesired: (flags & 0x0100) !== 0 };
  const unreadable = (rcode: number): Query => ({ kind: "unreadable", header, rcode });
  // An answer is no question; to answer it could go on for ever.
  if ((flags & 0x8000) !== 0) return unreadable(RCODE.FORMERR);
  if (header.opcode !== 0) return unreadable(RCODE.NOTIMP);
  // RFC 9619 §4: a QDCOUNT other than 1 is a format error.
  if (view.getUint16(4) !== 1) return unreadable(RCODE.FORMERR);
  const name = readName(bytes, HEADER_OCTETS);
  if (name === null || name.end + 4 > bytes.length) return unreadable(RCODE.FORMERR);
  const type = view.getUint16(name.end);
  const edns = readEdns(bytes);
  // RFC 6891 §6.1.1: OPT is asked for by no question.
  if (edns === "malformed" || type === TYPE.OPT) return unreadable(RCODE.FORMERR);
  return {
    kind: "question",
    header,
    class: view.getUint16(name.end + 2),
    question: { name: name.text, type },
    edns,
    asked: bytes.subarray(HEADER_OCTETS, name.end + 4),
  };
}

/** What of a question is answered without looking at the name. */
export function refusalOf({ class: asked, edns }: Extract<Query, { kind: "question" }>): number | null {
  if (edns !== null && edns.version !== 0) return BADVERS;
  return asked === CLASS_IN ? null : RCODE.REFUSED;
}

/** The answer to a question, with the question as it was asked, octet by octet. */
export function encodeReply(query: Extract<Query, { kind: "question" }>, reply: Reply): Uint8Array<ArrayBuffer> {
  return encodeAnswer(query, reply.rcode, reply.answers, reply.authorities);
}

/** An answer that is nothing but an RCODE. */
export function encodeRcode(query: Exclude<Query, { kind: "none" }>, rcode: number): Uint8Array<ArrayBuffer> {
  if (query.kind === "question") return encodeAnswer(query, rcode, [], []);
  return encoded({ ...query.header, authoritative: false, rcode }, [], [], []);
}

function encodeAnswer(
  { header, edns, asked }: Extract<Query, { kind: "question" }>,
  rcode: number,
  answers: readonly Rr[],
  authorities: readonly Rr[],
): Uint8Array<ArrayBuffer> {
  const authoritative = rcode === RCODE.NOERROR || rcode === RCODE.NXDOMAIN;
  const said = { ...header, authoritative, rcode: rcode & 0xf };
  const sections = [answers.map(toAnswer), authorities.map(toAnswer)] as const;
  const message = (padding: number | null) =>
    withQuestion(encoded(said, ...sections, edns === null ? [] : [optOf(edns, rcode >> 4, padding)]), asked);
  if (edns?.padding !== true) return message(null);
  const unpadded = message(0).length;
  return message(Math.ceil(unpadded / PADDING_BLOCK) * PADDING_BLOCK - unpadded);
}

function encoded(
  header: Header & { authoritative: boolean; rcode: number },
  answers: Answer[],
  authorities: Answer[],
  additionals: Answer[],
): Uint8Array<ArrayBuffer> {
  const flags =
    (header.opcode << 11) | (header.authoritative ? 0x0400 : 0) | (header.recursionDesired ? 0x0100 : 0) | header.rcode;
  const packet = encode({ type: "response", id: header.id, flags, questions: [], answers, authorities, additionals });
  return new Uint8Array(packet);
}

/** The library writes names without compression, so nothing points to where the question is put in. */
function withQuestion(message: Uint8Array, asked: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(message.length + asked.length);
  whole.set(message.subarray(0, HEADER_OCTETS));
  whole.set(asked, HEADER_OCTETS);
  whole.set(message.subarray(HEADER_OCTETS), HEADER_OCTETS + asked.length);
  whole[5] = 1; // QDCOUNT
  return whole;
}

function optOf({ dnssecOk }: Edns, extendedRcode: number, padding: number | null): OptAnswer {
  return {
    type: "OPT",
    name: ".",
    udpPayloadSize: UDP_PAYLOAD,
    extendedRcode,
    ednsVersion: 0,
    flags: dnssecOk ? DNSSEC_OK : 0,
    options: padding === null ? [] : [{ code: PADDING_CODE, length: padding }],
  };
}

function toAnswer(rr: Rr): Answer {
  const { name, ttl } = rr;
  switch (rr.type) {
    case "TXT":
      return { type: rr.type, name, ttl, data: strings(rr.text) };
    case "NS":
      return { type: rr.type, name, ttl, data: rr.host };
    case "HINFO":
      return { type: rr.type, name, ttl, data: { cpu: rr.cpu, os: rr.os } };
    case "SOA": {
      const { mname, rname, serial, refresh, retry, expire, minimum } = rr;
      return { type: rr.type, name, ttl, data: { mname, rname, serial, refresh, retry, expire, minimum } };
    }
    default:
      return rr satisfies never;
  }
}

/** RFC 1035 §3.3: character-strings of at most 255 octets. */
function strings(text: string): string[] {
  const parts: string[] = [];
  for (let at = 0; at === 0 || at < text.length; at += 255) parts.push(text.slice(at, at + 255));
  return parts;
}

function readEdns(bytes: Uint8Array): Edns | null | "malformed" {
  // The library reads on where lengths do not add up, so they are checked first.
  const opts = findOpts(bytes);
  if (opts === null || opts.length > 1 || opts.some((section) => section !== "additional")) return "malformed";
  if (opts.length === 0) return null;
  try {
    const { additionals } = decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    const opt = additionals.find((record): record is OptAnswer => record.type === "OPT");
    if (opt === undefined || opt.name !== ".") return "malformed";
    return {
      version: opt.ednsVersion,
      dnssecOk: (opt.flags & DNSSEC_OK) !== 0,
      padding: opt.options.some(({ code }) => code === PADDING_CODE),
    };
  } catch {
    return "malformed"; // the library throws at what it cannot read
  }
}
