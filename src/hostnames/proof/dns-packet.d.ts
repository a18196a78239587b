// The part of dns-packet that is used here; its published types would bring in all of Node's.
export interface Packet {
  id: number;
  type: "query" | "response";
  rcode: string;
  flag_tc: boolean;
  questions: { name: string; type: string }[];
  answers: ResourceRecord[];
}

export interface ResourceRecord {
  name: string;
  type: string;
  class?: string;
  ttl?: number;
  data: unknown;
}

export const RECURSION_DESIRED: number;
export function encode(packet: {
  type: "query" | "response";
  id?: number;
  flags?: number;
  questions: { name: string; type: string }[];
  answers?: ResourceRecord[];
}): Uint8Array<ArrayBuffer>;
export function decode(message: Uint8Array): Packet;
