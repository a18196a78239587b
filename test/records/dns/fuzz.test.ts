import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { nameOctets, queryOf, readMessage } from "../../support/dns.ts";
import { PlayedNamespace, post } from "../../support/records.ts";

/** How many mutated messages are sent: `DNS_FUZZ=100000` for a long run. */
const MESSAGES = Number(env.DNS_FUZZ ?? 5_000);
const SEED = 20_261_125;

/** A generator of whole numbers below `bound`, the same in each run (mulberry32). */
function random(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

type Random = ReturnType<typeof random>;

const INTERESTING = [0, 1, 2, 12, 16, 41, 63, 64, 127, 128, 191, 192, 193, 252, 255];

/** One change as a broken or a hostile client would make it. */
function mutated(message: Uint8Array<ArrayBuffer>, below: Random): Uint8Array<ArrayBuffer> {
  const at = below(message.length || 1);
  switch (below(8)) {
    case 0: // an octet
      message[at] = below(256);
      return message;
    case 1: // an octet at which parsers turn
      message[at] = INTERESTING[below(INTERESTING.length)]!;
      return message;
    case 2: // a bit
      message[at] = message[at]! ^ (1 << below(8));
      return message;
    case 3: // cut off
      return message.slice(0, at);
    case 4: // something left over
      return new Uint8Array([...message, ...Array.from({ length: below(40) }, () => below(256))]);
    case 5: // a piece left out
      return new Uint8Array([...message.slice(0, at), ...message.slice(at + 1 + below(8))]);
    case 6: // a piece twice
      return new Uint8Array([...message.slice(0, at + below(16)), ...message.slice(at)]);
    default: // a pointer
      message.set([0xc0 | below(64), below(256)].slice(0, message.length - at), at);
      return message;
  }
}

function seeds(space: string): Uint8Array<ArrayBuffer>[] {
  const name = `get.config.${space}.v1.resolvedb.net`;
  const txt = [...nameOctets("a.example"), 0, 16, 0, 1, 0, 0, 0, 9, 0, 4, 3, 97, 98, 99];
  const pointed = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 1, 2, 3, 4];
  const nsec = [0, 0, 47, 0, 1, 0, 0, 0, 0, 0, 8, 0, 0, 4, 64, 1, 0, 8, 1];
  const options = [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 8, 0, 7, 0, 1, 24, 0, 192, 0, 2, 0, 12, 0, 2, 0, 0];
  return [
    queryOf(name),
    queryOf(name, { edns: { options, flags: 0x8000 } }),
    queryOf(name, { type: 255, edns: { options: [0, 14, 0, 2, 0, 1, 0, 11, 0, 2, 0, 9] } }),
    queryOf(name, { after: { octets: [...txt, ...pointed], counts: [1, 0, 1] } }),
    queryOf(name, { edns: {}, after: { octets: [...nsec, ...pointed], counts: [0, 1, 1] } }),
    queryOf(`list.${space}.v1.resolvedb.net`),
    queryOf("resolvedb.net", { type: 6, edns: {} }),
    queryOf(`${`${"a".repeat(63)}.`.repeat(3)}${"a".repeat(47)}.resolvedb.net`),
    queryOf("example.com", { type: 1 }),
    queryOf(`get.b64-c2V0dGluZ3M.config.${space}.v1.resolvedb.net`),
  ];
}

describe("mutated DNS messages", () => {
  let space: PlayedNamespace;
  beforeAll(async () => {
    space = await new PlayedNamespace("public").publish();
    await space.put("config", '{"a":1}');
  });

  it(`get an answer that reads strictly or a clean refusal, all ${MESSAGES} of them`, {
    timeout: 1_200_000,
  }, async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const below = random(SEED);
    const originals = seeds(space.name);
    const seen = new Map<string, number>();
    const send = async () => {
      let message = originals[below(originals.length)]!.slice();
      for (let changes = 1 + below(4); changes > 0; changes--) message = mutated(message, below);
      const sent = message.toHex();
      const answer = await post(message);
      const octets = new Uint8Array(await answer.arrayBuffer());
      if (answer.status !== 200) {
        expect([400, 413], sent).toContain(answer.status);
        expect(message.length < 12 || message.length > 4_096, sent).toBe(true);
        seen.set(`HTTP ${answer.status}`, (seen.get(`HTTP ${answer.status}`) ?? 0) + 1);
        return;
      }
      try {
        const { id, qr, rcode, answers } = readMessage(octets);
        expect({ id, qr }).toEqual({ id: (message[0]! << 8) | message[1]!, qr: true });
        // SERVFAIL would be a failure of ours.
        expect([0, 1, 3, 4, 5, 16]).toContain(rcode);
        expect(answers.length).toBeLessThanOrEqual(2); // the NS of an apex
        seen.set(`RCODE ${rcode}`, (seen.get(`RCODE ${rcode}`) ?? 0) + 1);
      } catch (error) {
        throw new Error(`${sent} is answered by ${octets.toHex()}`, { cause: error });
      }
    };
    for (let sent = 0; sent < MESSAGES; sent++) await send();
    // The mutations reach every kind of answer.
    expect([...seen.keys()].sort()).toEqual(
      expect.arrayContaining(["HTTP 400", "RCODE 0", "RCODE 1", "RCODE 4", "RCODE 5"]),
    );
    expect(logged).not.toHaveBeenCalled();
    if (MESSAGES > 5_000) console.log(JSON.stringify(Object.fromEntries(seen)));
  });
});
