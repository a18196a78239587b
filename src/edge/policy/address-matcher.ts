import ipaddr from "ipaddr.js";

/** Whether an address is one of these, or in one of these ranges. @param entries addresses and CIDRs, checked before */
export function addressMatcher(entries: readonly string[]): (address: string) => boolean {
  const ranges = entries.map((entry) => (entry.includes("/") ? ipaddr.parseCIDR(entry) : wholeAddress(entry)));
  return (text) => {
    const address = ipaddr.process(text);
    return ranges.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits));
  };
}

function wholeAddress(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const address = ipaddr.process(text);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}
