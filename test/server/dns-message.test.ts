import { decode, type SoaAnswer, type TxtAnswer } from "dns-packet";
import { describe, expect, it } from "vitest";
import { encodeReply, parseQuery } from "../../src/records/dns/message.ts";
import type { Rr } from "../../src/records/dns/reply.ts";
import { soaOf } from "../../src/records/dns/zone-apex.ts";
import { fitDatagram, rcodeAnswer } from "../../src/server/dns/message.ts";
import { type QueryOptions, queryOf, readMessage } from "../support/dns.ts";

const NAME = "get.config.app.v1.resolvedb.net";
const PADDED = { options: [0, 12, 0, 0] };

function answerTo(query: Uint8Array, text: string, authorities: Rr[] = []): Buffer {
  const read = parseQuery(query);
  if (read.kind !== "question") throw new Error("no question");
  const answers: Rr[] = [{ type: "TXT", name: NAME, ttl: 60, text }];
  return Buffer.from(
    encodeReply(read, { rcode: 0, authoritative: true, answers, authorities, private: false, basis: null }),
  );
}

it("an answer with compressed names is read alike by a library", () => {
  const text = "t".repeat(600);
  const decoded = decode(answerTo(queryOf(NAME), text, [soaOf("resolvedb.net", ["ns1.resolvedb.io"])]));
  const [answer] = decoded.answers as [TxtAnswer];
  expect([answer.name, Buffer.concat(answer.data as Buffer[]).toString()]).toEqual([NAME, text]);
  const [soa] = decoded.authorities as [SoaAnswer];
  expect(soa).toMatchObject({ name: "resolvedb.net", data: { mname: "ns1.resolvedb.io", minimum: 300 } });
});

describe("fitDatagram()", () => {
  /** The largest text whose answer has so many octets. */
  const textFor = (edns: QueryOptions["edns"], octets: number) => {
    const query = queryOf(NAME, edns === undefined ? {} : { edns });
    for (let length = octets; ; length--) {
      const whole = answerTo(query, "x".repeat(length));
      if (whole.length <= octets) return { query: Buffer.from(query), whole };
    }
  };
  const over = (edns: QueryOptions["edns"], octets: number) => {
    const query = queryOf(NAME, edns === undefined ? {} : { edns });
    return { query: Buffer.from(query), whole: answerTo(query, "x".repeat(octets)) };
  };

  it.each([
    [undefined, 512],
    [{ udpPayload: 0 }, 512],
    [{ udpPayload: 800 }, 800],
    [{ udpPayload: 1_232 }, 1_232],
    [{ udpPayload: 4_096 }, 1_232],
    [{ udpPayload: 65_535 }, 1_232],
  ] as const)("passes what both sides take by %j, and truncates what is above", (edns, most) => {
    const fits = textFor(edns, most);
    expect(fits.whole.length).toBeGreaterThan(most - 3);
    expect(fitDatagram(fits.whole, fits.query)).toEqual(fits.whole);
    const above = over(edns, most);
    const cut = fitDatagram(above.whole, above.query);
    expect(cut.length).toBeLessThanOrEqual(most);
    expect(readMessage(cut)).toMatchObject({ tc: true, aa: true, answers: [], questions: [{ name: NAME }] });
    expect(readMessage(cut).opt === null).toBe(edns === undefined);
  });

  it("leaves the padding out where the answer fits without it", () => {
    const { query, whole } = over({ udpPayload: 1_232, ...PADDED }, 1_000);
    expect(whole.length).toBe(3 * 468);
    const fitted = fitDatagram(whole, query);
    expect(fitted.length).toBeLessThan(1_232);
    expect(readMessage(fitted)).toMatchObject({ tc: false, opt: { options: [] } });
    expect(readMessage(fitted).answers[0]?.strings.join("")).toHaveLength(1_000);
  });
});

it("an RCODE keeps the question and the OPT", () => {
  const query = Buffer.from(queryOf(NAME, { id: 5, edns: { flags: 0x8000 } }));
  expect(readMessage(rcodeAnswer(query, 2))).toMatchObject({
    id: 5,
    rcode: 2,
    rd: true,
    questions: [{ name: NAME }],
    opt: { udpPayload: 1_232, dnssecOk: true, options: [] },
  });
  expect(readMessage(rcodeAnswer(Buffer.from(queryOf(NAME)), 2)).opt).toBeNull();
});
