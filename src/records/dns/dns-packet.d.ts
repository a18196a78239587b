// The part of dns-packet that is used here; its published types would bring all of Node's with them.

import type { Soa } from "./reply.ts";

interface Of<Type extends string, Data> {
  type: Type;
  name: string;
  /** Seconds. */
  ttl: number;
  data: Data;
}

export type Answer =
  /** Each string becomes a character-string; of at most 255 octets. */
  Of<"TXT", string[]> | Of<"NS", string> | Of<"HINFO", { cpu: string; os: string }> | Of<"SOA", Soa> | OptAnswer;

export interface OptAnswer {
  type: "OPT";
  name: string;
  udpPayloadSize: number;
  extendedRcode: number;
  ednsVersion: number;
  flags: number;
  options: { code: number; length?: number; data?: Uint8Array }[];
}

export interface Packet {
  type: "response";
  id: number;
  flags: number;
  questions: [];
  answers: Answer[];
  authorities: Answer[];
  additionals: Answer[];
}

/** @param packet of which strings of TXT records are replaced */
export function encode(packet: Packet): Uint8Array;

/** @param bytes a Buffer @throws where it cannot be read */
export function decode(bytes: Uint8Array): { additionals: Answer[] };
