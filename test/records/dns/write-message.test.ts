import { describe, expect, it } from "vitest";
import { encodeReply, parseQuery } from "../../../src/records/dns/message.ts";
import type { Rr } from "../../../src/records/dns/reply.ts";
import { nsOf, soaOf } from "../../../src/records/dns/zone-apex.ts";
import { nameOctets, queryOf, readMessage } from "../../support/dns.ts";

const NAME_SERVERS = ["ns1.resolvedb.net", "ns2.resolvedb.net"] as const;

function reply(name: string, answers: Rr[], authorities: Rr[] = []): Uint8Array {
  const query = parseQuery(queryOf(name, { id: 7 }));
  if (query.kind !== "question") throw new Error("no question");
  return encodeReply(query, { rcode: 0, authoritative: true, answers, authorities, private: false, basis: null });
}
const txt = (name: string, text: string): Rr => ({ type: "TXT", name, ttl: 60, text });

describe("a message of ours", () => {
  it("points to the question where it would repeat its name, in the case that was asked", () => {
    const name = "GeT.config.App.v1.resolvedb.net";
    const octets = reply(name, [txt(name, "x")]);
    // The question, then a pointer, type, class, TTL, length and a string of one octet.
    expect(octets.length).toBe(12 + nameOctets(name).length + 4 + 2 + 10 + 2);
    expect(readMessage(octets).answers[0]).toMatchObject({ name, strings: ["x"] });
  });

  it("points to what names end in, also within data, and whatever their case", () => {
    const octets = reply("RESOLVEDB.net", nsOf("resolvedb.net", NAME_SERVERS), [soaOf("resolvedb.net", NAME_SERVERS)]);
    const { answers, authorities } = readMessage(octets);
    const lower = ({ data }: { data: Uint8Array }) => new TextDecoder().decode(data).toLowerCase();
    expect(answers.map(lower)).toEqual(
      NAME_SERVERS.map((host) => new TextDecoder().decode(new Uint8Array(nameOctets(host)))),
    );
    expect(lower(authorities[0]!)).toContain("hostmaster");
    // Each name once: three labels of their own beside the question's.
    expect(octets.length).toBe(12 + 19 + 2 * (12 + 6) + (12 + 2 + 13 + 20));
  });

  it("is right with names of odd octets and of the greatest length", () => {
    for (const name of [
      "a\\046b.\\000.v1.resolvedb.net",
      `${`${"a".repeat(63)}.`.repeat(3)}${"a".repeat(47)}.resolvedb.net`,
    ]) {
      const { answers, authorities } = readMessage(
        reply(name, [txt(name, "x")], [soaOf("resolvedb.net", NAME_SERVERS)]),
      );
      expect([answers[0]?.name, authorities[0]?.name]).toEqual([name, "resolvedb.net"]);
    }
  });
});
