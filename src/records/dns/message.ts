import { type Question, RCODE, type Reply, TYPE } from "./reply.ts";
import { type Asked, HEADER_OCTETS, type Opt, readOpts, readQuestion } from "./wire.ts";
import { type OptParts, writeMessage } from "./write-message.ts";

/** What a client sent in EDNS (RFC 6891). */
export interface Edns {
  version: number;
  /** DNSSEC OK, which the answer has to repeat (RFC 3225 §3). */
  dnssecOk: boolean;
  /** The client pads its messages, so ours are padded too (RFC 7830 §4). */
  padding: boolean;
}

interface Header {
  id: number;
  opcode: number;
  recursionDesired: boolean;
}

/** A DNS message, as far as it can be answered. */
export type Query =
  /** Shorter than a header, so it cannot be answered. */
  | { kind: "none" }
  /** Answered with an RCODE, and with what could be read of it. */
  | { kind: "unreadable"; header: Header; rcode: number; asked: Asked | null; edns: Edns | null }
  | { kind: "question"; header: Header; question: Question; asked: Asked; edns: Edns | null };

const QR = 0x8000;
const AA = 0x0400;
const RD = 0x0100;
const CLASS_IN = 1;
/** RFC 6891 §6.1.3: its EDNS version is not supported. */
const BADVERS = 16;
const DNSSEC_OK = 0x8000;
const PADDING_CODE = 12;
/** RFC 8467 §4.1: responses are padded to a multiple of this. */
const PADDING_BLOCK = 468;
/** The most that we accept and send by UDP; https://dnsflagday.net/2020/. */
export const UDP_PAYLOAD = 1232;

/** Reads a message strictly, as a server does: one question, no octet left over, at most one OPT. Never throws. */
export function parseQuery(bytes: Uint8Array): Query {
  if (bytes.length < HEADER_OCTETS) return { kind: "none" };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint16(2);
  const header = { id: view.getUint16(0), opcode: (flags >> 11) & 0xf, recursionDesired: (flags & RD) !== 0 };
  // RFC 9619 §4: a QDCOUNT other than 1 is a format error.
  const asked = readQuestion(bytes);
  const { opts, whole } = readOpts(bytes);
  const edns = opts[0] === undefined ? null : ednsOf(opts[0]);
  const unreadable = (rcode: number): Query => ({ kind: "unreadable", header, rcode, asked, edns });
  // Only questions are answered: answering an answer could go on for ever.
  if ((flags & QR) !== 0) return unreadable(RCODE.FORMERR);
  if (header.opcode !== 0) return unreadable(RCODE.NOTIMP);
  // RFC 6891 §6.1.1: at most one OPT, owned by the root; and a question cannot ask for one.
  const optFits = opts.length === 0 || (opts.length === 1 && opts[0]!.ofRoot && opts[0]!.section === "additional");
  if (asked === null || !whole || !optFits || asked.type === TYPE.OPT) return unreadable(RCODE.FORMERR);
  return { kind: "question", header, question: { name: asked.name, type: asked.type }, asked, edns };
}

function ednsOf({ version, flags, options }: Opt): Edns {
  return { version, dnssecOk: (flags & DNSSEC_OK) !== 0, padding: options.includes(PADDING_CODE) };
}

/** The RCODE for questions that are refused without looking at the name; null: they are not. */
export function refusalOf({ asked, edns }: Extract<Query, { kind: "question" }>): number | null {
  if (edns !== null && edns.version !== 0) return BADVERS;
  return asked.class === CLASS_IN ? null : RCODE.REFUSED;
}

/** The answer to a question, with the question repeated octet by octet. */
export function encodeReply(query: Extract<Query, { kind: "question" }>, reply: Reply): Uint8Array<ArrayBuffer> {
  return encode(query, reply);
}

/** An answer that consists only of an RCODE. */
export function encodeRcode(query: Exclude<Query, { kind: "none" }>, rcode: number): Uint8Array<ArrayBuffer> {
  return encode(query, { rcode, authoritative: false, answers: [], authorities: [] });
}

function encode(
  { header, asked, edns }: Exclude<Query, { kind: "none" }>,
  {
    rcode,
    authoritative,
    answers,
    authorities,
  }: Pick<Reply, "authoritative" | "answers" | "authorities"> & { rcode: number },
): Uint8Array<ArrayBuffer> {
  const { id, opcode, recursionDesired } = header;
  const flags = QR | (opcode << 11) | (authoritative ? AA : 0) | (recursionDesired ? RD : 0) | (rcode & 0xf);
  const opt = edns === null ? null : optOf(edns, rcode >> 4);
  return writeMessage({ id, flags, asked, answers, authorities, opt });
}

function optOf({ dnssecOk, padding }: Edns, extendedRcode: number): OptParts {
  const padTo = padding ? PADDING_BLOCK : null;
  return { udpPayload: UDP_PAYLOAD, extendedRcode, flags: dnssecOk ? DNSSEC_OK : 0, padTo };
}
