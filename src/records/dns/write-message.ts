import ipaddr from "ipaddr.js";
import { type Rr, TYPE } from "./reply.ts";
import { type Asked, HEADER_OCTETS } from "./wire.ts";

/** The parts of a message that we send. */
export interface Parts {
  id: number;
  /** The header's second word: QR, opcode, flags, RCODE. */
  flags: number;
  asked: Asked | null;
  answers?: readonly Rr[];
  authorities?: readonly Rr[];
  opt: OptParts | null;
}

/** The OPT record at the end of a message (RFC 6891 §6.1). */
export interface OptParts {
  udpPayload: number;
  extendedRcode: number;
  flags: number;
  /** The message is padded to a multiple of this many octets (RFC 7830); null: not at all. */
  padTo: number | null;
}

const CLASS_IN = 1;
const PADDING_CODE = 12;
/** RFC 1035 §4.1.4: a pointer has 14 bits for the offset. */
const POINTED_TO = 0x4000;

/** The octets of a message. Its names are compressed, ignoring case; the question keeps the case that it was asked in. */
export function writeMessage(parts: Parts): Uint8Array<ArrayBuffer> {
  const { id, flags, asked, answers = [], authorities = [], opt } = parts;
  const writer = new Writer();
  const counts = [asked === null ? 0 : 1, answers.length, authorities.length, opt === null ? 0 : 1];
  for (const word of [id, flags, ...counts]) writer.u16(word);
  if (asked !== null) writer.question(asked);
  for (const rr of [...answers, ...authorities]) writeRr(writer, rr);
  if (opt !== null) writeOpt(writer, opt);
  return writer.written();
}

function writeRr(writer: Writer, rr: Rr): void {
  writer.name(rr.name);
  writer.u16(TYPE[rr.type]);
  writer.u16(CLASS_IN);
  writer.u32(rr.ttl);
  writer.counted(() => writeData(writer, rr));
}

function writeData(writer: Writer, rr: Rr): void {
  switch (rr.type) {
    case "TXT":
      // RFC 1035 §3.3: character-strings have at most 255 octets.
      for (let at = 0; at === 0 || at < rr.text.length; at += 255) writer.string(rr.text.slice(at, at + 255));
      return;
    case "NS":
      writer.name(rr.host);
      return;
    case "A":
    case "AAAA":
      writer.bytes(ipaddr.parse(rr.address).toByteArray());
      return;
    case "HINFO":
      writer.string(rr.cpu);
      writer.string(rr.os);
      return;
    case "SOA":
      writer.name(rr.mname);
      writer.name(rr.rname);
      for (const number of [rr.serial, rr.refresh, rr.retry, rr.expire, rr.minimum]) writer.u32(number);
      return;
    default:
      rr satisfies never;
  }
}

function writeOpt(writer: Writer, { udpPayload, extendedRcode, flags, padTo }: OptParts): void {
  writer.name("");
  writer.u16(TYPE.OPT);
  writer.u16(udpPayload);
  writer.u16(extendedRcode << 8); // and version 0
  writer.u16(flags);
  writer.counted(() => {
    if (padTo === null) return;
    writer.u16(PADDING_CODE);
    writer.counted(() => writer.bytes(new Uint8Array((padTo - (writer.at % padTo)) % padTo)));
  });
}

class Writer {
  at = 0;
  #octets = new Uint8Array(512);
  /** The offsets of names, by their endings in lower case. */
  readonly #endings = new Map<string, number>();

  u8(value: number): void {
    this.bytes([value]);
  }

  u16(value: number): void {
    this.bytes([value >> 8, value & 0xff]);
  }

  u32(value: number): void {
    this.u16(value >>> 16);
    this.u16(value & 0xffff);
  }

  /** ASCII preceded by its length in one octet. */
  string(text: string): void {
    this.u8(text.length);
    this.bytes(Array.from(text, (character) => character.charCodeAt(0)));
  }

  bytes(bytes: ArrayLike<number>): void {
    const end = this.at + bytes.length;
    if (end > this.#octets.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#octets.length));
      larger.set(this.#octets);
      this.#octets = larger;
    }
    this.#octets.set(bytes, this.at);
    this.at = end;
  }

  /** Whatever `write` writes, preceded by its length in two octets. */
  counted(write: () => void): void {
    this.u16(0);
    const start = this.at;
    write();
    const length = this.at - start;
    this.#octets[start - 2] = length >> 8;
    this.#octets[start - 1] = length & 0xff;
  }

  /** A question as it was asked, octet by octet. Later names may point to its name. */
  question({ name, octets }: Asked): void {
    let at = HEADER_OCTETS;
    for (const ending of endingsOf(name)) {
      this.#endings.set(ending, at);
      at += 1 + octets[at - HEADER_OCTETS]!;
    }
    this.bytes(octets);
  }

  /** Writes a name. If it, or its last labels, occurred before, a pointer is used. */
  name(text: string): void {
    for (const ending of endingsOf(text)) {
      const before = this.#endings.get(ending);
      if (before !== undefined) {
        this.u16(0xc000 | before);
        return;
      }
      if (this.at < POINTED_TO) this.#endings.set(ending, this.at);
      this.string(ending.split(".", 1)[0]!);
    }
    this.u8(0);
  }

  written(): Uint8Array<ArrayBuffer> {
    return this.#octets.slice(0, this.at);
  }
}

/** A name, then the rest without its first label, and so on, in lower case. A dot within a label is escaped. */
function endingsOf(name: string): string[] {
  const labels = name === "" ? [] : name.toLowerCase().split(".");
  return labels.map((_, index) => labels.slice(index).join("."));
}
