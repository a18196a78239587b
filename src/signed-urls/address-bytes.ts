import ipaddr from "ipaddr.js";

/** An address as it is signed: 4 bytes of IPv4, or the first 8 of IPv6 and 8 zeros. Null: it is no address. */
export function addressBytes(text: string): Uint8Array | null {
  if (!ipaddr.isValid(text)) return null;
  const address = ipaddr.process(text);
  const bytes = Uint8Array.from(address.toByteArray());
  return address.kind() === "ipv4" ? bytes : bytes.fill(0, 8);
}
