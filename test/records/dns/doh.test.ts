import { env, exports } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { handleDns } from "../../../src/records/dns/doh.ts";
import { recordTableOf } from "../../../src/records/record-table.ts";
import { nameOctets, queryOf, readMessage } from "../../support/dns.ts";
import { ask, DNS_HOST, dataOf, PlayedNamespace, post, STORED_AT, textOf } from "../../support/records.ts";

const NOT_FOUND = "v=rdb1;s=notfound;err=E004";
const get = (url: string, init?: RequestInit) => exports.default.fetch(`${DNS_HOST}${url}`, init);
const parameterOf = (message: Uint8Array) => message.toBase64({ alphabet: "base64url", omitPadding: true });

let space: PlayedNamespace;
let name: string;
beforeAll(async () => {
  space = await new PlayedNamespace("public").publish();
  name = `get.config.${space.name}.v1.resolvedb.net`;
  await space.put("config", '{"database":"postgres"}');
  await space.put("settings.config", '{"theme":"dark"}');
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: STORED_AT + 60_000 });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("a record read as a name", () => {
  it("answers TXT in the documented shape, with the TTL of the record", async () => {
    const { answers, aa, rd, rcode, questions } = await ask(name);
    expect({ aa, rd, rcode }).toEqual({ aa: true, rd: true, rcode: 0 });
    expect(questions).toEqual([{ name, type: 16, class: 1 }]);
    const [answer] = answers;
    expect(answer).toMatchObject({ name, type: 16, class: 1, ttl: 3600 });
    expect(answer?.strings).toEqual([
      `v=rdb1;s=ok;t=data;f=json;ttl=3600;ts=${STORED_AT / 1000};d={"database":"postgres"}`,
    ]);
  });

  it("does not count the TTL down: this is the authority", async () => {
    await ask(name);
    vi.setSystemTime(Date.now() + 4_000);
    expect((await ask(name)).answers[0]?.ttl).toBe(3600);
  });

  it("repeats the question and the owner in the case that was asked", async () => {
    const asked = name.replace("get.config", "GeT.CoNfIg").replace("resolvedb", "ResolveDB");
    const { answers, questions } = await ask(asked);
    expect(questions[0]?.name).toBe(asked);
    expect(answers[0]?.name).toBe(asked);
    expect(answers[0]?.strings.join("")).toContain("postgres");
  });

  it("reads keys with labels before the resource, plain or encoded", async () => {
    for (const label of ["settings", "SETTINGS", "b64-c2V0dGluZ3M", "hex-73657474696e6773"]) {
      const text = await textOf(`get.${label}.config.${space.name}.v1.resolvedb.org`);
      expect(dataOf(text)).toBe('{"theme":"dark"}');
    }
  });

  it("says notfound in an answer, briefly, where there is no such record or namespace", async () => {
    for (const missing of [`nothing.${space.name}`, `deep.down.config.${space.name}`, "config.nowhere"]) {
      const { answers, rcode, http } = await ask(`get.${missing}.v1.resolvedb.net`);
      expect(rcode).toBe(0);
      expect(answers.map(({ strings, ttl }) => ({ strings, ttl }))).toEqual([{ strings: [NOT_FOUND], ttl: 5 }]);
      expect(http.headers.get("cache-control")).toBe("max-age=5");
    }
  });

  it("splits a text into strings of 255 octets: 20 kB and more in one record", async () => {
    const large = JSON.stringify({ text: "x".repeat(20_000) });
    await space.put("large", large);
    const { answers } = await ask(`get.large.${space.name}.v1.resolvedb.net`);
    const strings = answers[0]!.strings;
    expect(strings.slice(0, -1).every(({ length }) => length === 255)).toBe(true);
    expect(dataOf(strings.join(""))).toBe(large);

    const largest = new Uint8Array(47_900).map((_, index) => index);
    await space.put("largest", largest);
    const text = await textOf(`get.largest.${space.name}.v1.resolvedb.net`);
    expect(Uint8Array.fromBase64(text.split(";d=")[1]!, { alphabet: "base64url" })).toEqual(largest);
  });

  it("sees a change and a deletion once the table has been read anew", async () => {
    const document = await space.put("changing", "1");
    const changing = `get.changing.${space.name}.v1.resolvedb.net`;
    expect(dataOf(await textOf(changing))).toBe("1");
    await env.ZONES.put(`rec:${document.key}`, JSON.stringify({ ...document, data: "Mg==", revision: 2 }));
    vi.setSystemTime(Date.now() + 61_000);
    expect(dataOf(await textOf(changing))).toBe("2");
    await env.ZONES.put(`rec:${document.key}`, JSON.stringify({ ...document, revision: 3, state: "deleted" }));
    vi.setSystemTime(Date.now() + 61_000);
    expect(await textOf(changing)).toBe(NOT_FOUND);
  });
});

describe("info", () => {
  it("answers what is known of a record, with the beginning of its hash", async () => {
    const text = await textOf(`info.config.${space.name}.v1.resolvedb.net`);
    const digest = new Uint8Array(
      await crypto.subtle.digest("SHA-256", new TextEncoder().encode('{"database":"postgres"}')),
    );
    const hash = digest.toHex().slice(0, 16);
    expect(text).toContain(`;h=${hash};d=`);
    expect(JSON.parse(dataOf(text))).toEqual({
      key: `config.${space.name}.v1`,
      size: 23,
      format: "json",
      ttl: 3600,
      created_at: "2027-01-15T07:59:59Z",
      updated_at: "2027-01-15T08:00:00Z",
      revision: 1,
      hash,
    });
  });

  it("says notfound where there is none", async () => {
    expect(await textOf(`info.nothing.${space.name}.v1.resolvedb.net`)).toBe(NOT_FOUND);
  });
});

describe("list and search", () => {
  let lists: PlayedNamespace;
  const listed = async (asked: string) => JSON.parse(dataOf(await textOf(`${asked}.${lists.name}.v1.resolvedb.net`)));
  beforeAll(async () => {
    lists = await new PlayedNamespace("public").publish();
    for (const key of ["config", "settings.config", "b.config", "a.b.config", "a_b.config", "weather", "x.forecast"]) {
      await lists.put(key, "1");
    }
    await lists.put("gone.config", "1", { state: "deleted" });
    await lists.put("next.config", "1", { key: `next.config.${lists.name}.v2`, version: "v2" });
  });

  it("lists the labels below a resource, and those below a label", async () => {
    expect(await listed("list.config")).toEqual(["a.b", "a_b", "b", "settings"]);
    expect(await listed("list.b.config")).toEqual(["a"]);
    expect(await listed("list.weather")).toEqual([]);
  });

  it("lists the resources of a namespace", async () => {
    expect(await listed("list")).toEqual(["config", "forecast", "weather"]);
  });

  it("finds keys by a part of their labels, not of their namespace", async () => {
    expect(await listed("search.set")).toEqual([`settings.config.${lists.name}.v1`]);
    expect(await listed("search.o")).toHaveLength(6);
    expect(await listed("search.x.forecast")).toEqual([`x.forecast.${lists.name}.v1`]);
    expect(await listed("search.config.forecast")).toEqual([]);
    expect(await listed(`search.${lists.name}`)).toEqual([]);
    expect(await listed("search._")).toEqual([`a_b.config.${lists.name}.v1`]);
  });

  it("says notfound for a resource or a namespace that does not exist", async () => {
    const missing = "v=rdb1;s=notfound;err=E005";
    expect(await textOf(`list.nothing.${lists.name}.v1.resolvedb.net`)).toBe(missing);
    expect(await textOf("list.nowhere.v1.resolvedb.net")).toBe(missing);
    expect(await textOf("search.a.nowhere.v1.resolvedb.net")).toBe(missing);
  });

  it("lists what was stored a moment ago: at once where it was published, elsewhere after 5 seconds", async () => {
    await listed("list.weather");
    await lists.put("late.weather", "1");
    expect(await listed("list.weather")).toEqual([]);
    vi.setSystemTime(Date.now() + 5_000);
    expect(await listed("list.weather")).toEqual(["late"]);
    recordTableOf(env.ZONES).remember(await lists.put("later.weather", "1"), Date.now());
    expect(await listed("list.weather")).toEqual(["late", "later"]);
  });

  it("asks D1 once for a namespace's keys, however many search it at once and for whatever", async () => {
    const prepare = vi.spyOn(env.DB, "prepare");
    // A minute later nothing counts any more of what was asked before; 50 at once are the most that may find nothing.
    vi.setSystemTime(Date.now() + 60_000);
    await Promise.all(Array.from({ length: 40 }, (_, index) => listed(`search.text${index}`)));
    expect(await listed("search.x")).toEqual([`x.forecast.${lists.name}.v1`]);
    expect(prepare).toHaveBeenCalledTimes(1);
    prepare.mockRestore();
  });

  it("lists a thousand names, and says that there are more", async () => {
    const many = await new PlayedNamespace("public").publish();
    const { account } = many.document;
    await env.DB.prepare(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100)
       INSERT INTO records (id, account_id, key, namespace, resource, version, data, ttl, state, revision, created_at, updated_at)
       SELECT 'rec_many' || i, ?1, printf('k%04d.bulk.%s.v1', i, ?2), ?2, 'bulk', 'v1', '', 60, 'active', 1, 0, 0 FROM n`,
    )
      .bind(account, many.name)
      .run();
    const text = await textOf(`list.bulk.${many.name}.v1.resolvedb.net`);
    expect(text).toContain(";more=1;d=");
    expect(JSON.parse(dataOf(text))).toHaveLength(1000);
  });
});

describe("where D1 fails", () => {
  it("lists and private names are SERVFAIL, records are read all the same", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const secret = await new PlayedNamespace("private").publish();
    const token = await secret.token();
    vi.spyOn(env.DB, "prepare").mockImplementation(() => {
      throw new Error("D1 is down");
    });
    expect((await ask(`list.${space.name}.v1.resolvedb.net`)).rcode).toBe(2);
    expect((await ask(`get.${token}.config.${secret.name}.v1.resolvedb.net`)).rcode).toBe(2);
    expect(dataOf(await textOf(name))).toBe('{"database":"postgres"}');
    expect(error.mock.calls.flat().join()).not.toContain(token);
  });
});

describe("health", () => {
  it("is ok while the table of records can be read", async () => {
    expect(dataOf(await textOf("health.system.v1.resolvedb.net"))).toBe('{"status":"ok"}');
  });

  it("is SERVFAIL where it cannot", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.spyOn(env.ZONES, "get").mockRejectedValue(new Error("KV is down") as never);
    const { rcode, answers, http } = await ask("health.system.v1.resolvedb.net");
    expect({ rcode, answers }).toEqual({ rcode: 2, answers: [] });
    expect(http.headers.get("cache-control")).toBe("no-store");
  });
});

describe("ResolveDB's own hosts", () => {
  const status = async (host: string, path: string) => (await exports.default.fetch(`http://${host}${path}`)).status;

  it.each(["api.resolvedb.localhost", "dns.resolvedb.localhost", "api.resolvedb.io"])(
    "%s answers its part of the control plane, and nothing else",
    async (host) => {
      expect(await status(host, "/health")).toBe(200);
      expect(await status(host, "/api/v1/me")).toBe(401);
      expect(await status(host, "/")).toBe(200); // it shows the way
      for (const path of ["/v1/zones", "/admin/accounts", "/v1/keys"]) expect(await status(host, path)).toBe(404);
    },
  );
});

describe("names that ask for nothing", () => {
  it.each([
    ["v1", "E001"],
    ["get.config", "E001"],
    ["put.config.app.v1", "E002"],
    ["watch.config.app.v1", "E002"],
    ["get.config.app.latest", "E002"],
    ["get.hex-0.config.app.v1", "E003"],
  ])("%s answers s=invalid;err=%s", async (asked, code) => {
    expect(await textOf(`${asked}.resolvedb.com`)).toBe(`v=rdb1;s=invalid;err=${code}`);
  });

  it("an octet that no name has is NXDOMAIN, repeated as it was asked", async () => {
    const { rcode, questions, authorities } = await ask("get.a\\046b.app.v1.resolvedb.net");
    expect(rcode).toBe(3);
    expect(questions[0]?.name).toBe("get.a\\046b.app.v1.resolvedb.net");
    expect(authorities[0]).toMatchObject({ name: "resolvedb.net", type: 6 });
  });
});

describe("types, classes and zones", () => {
  it.each([1, 2, 5, 6, 28, 33, 65, 257, 65_280])("type %i of a name is NODATA with the SOA", async (type) => {
    for (const asked of [name, "v1.resolvedb.net", `get.nothing.${space.name}.v1.resolvedb.net`]) {
      const { rcode, answers, authorities, aa, http } = await ask(asked, { type });
      expect({ rcode, answers, aa }).toEqual({ rcode: 0, answers: [], aa: true });
      expect(authorities).toMatchObject([{ name: "resolvedb.net", type: 6, ttl: 300 }]);
      expect(http.headers.get("cache-control")).toBe("max-age=300");
    }
  });

  it("the apex has SOA and the NS that the operator names", async () => {
    expect((await ask("ResolveDB.io", { type: 6 })).answers).toMatchObject([{ name: "ResolveDB.io", type: 6 }]);
    expect((await ask("resolvedb.io", { type: 2 })).answers).toMatchObject([
      { name: "resolvedb.io", type: 2, data: new Uint8Array(nameOctets("ns1.resolvedb.io")) },
      { name: "resolvedb.io", type: 2, data: new Uint8Array(nameOctets("ns2.resolvedb.io")) },
    ]);
    expect(await ask("resolvedb.io", { type: 16 })).toMatchObject({
      rcode: 0,
      answers: [],
      authorities: [{ type: 6 }],
    });
  });

  it("ANY gets one HINFO record (RFC 8482)", async () => {
    for (const asked of [name, "resolvedb.net", "v1.resolvedb.net"]) {
      const { answers } = await ask(asked, { type: 255 });
      expect(answers).toMatchObject([
        { type: 13, data: new Uint8Array([7, ...new TextEncoder().encode("RFC8482"), 0]) },
      ]);
    }
  });

  it.each(["example.com", "", "resolvedb.dev", "get.config.app.v1.notresolvedb.net"])(
    "%j is REFUSED: it is nothing of ours",
    async (asked) => {
      const { rcode, aa, answers, authorities, http } = await ask(asked);
      expect({ rcode, aa, answers, authorities }).toEqual({ rcode: 5, aa: false, answers: [], authorities: [] });
      expect(http.headers.get("cache-control")).toBe("no-store");
    },
  );

  it.each([
    ["class CH", { class: 3 }],
    ["class ANY", { class: 255 }],
    ["AXFR", { type: 252 }],
    ["IXFR", { type: 251 }],
  ])("%s is REFUSED", async (_what, options) => {
    expect((await ask("resolvedb.net", options)).rcode).toBe(5);
  });
});

describe("messages", () => {
  const rcodeOf = async (message: Uint8Array<ArrayBuffer>) => {
    const answer = await post(message);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    return readMessage(new Uint8Array(await answer.arrayBuffer()));
  };
  const plain = "get.config.app.v1.resolvedb.net";
  const query = () => queryOf(plain, { id: 7 });
  const changed = (change: (message: Uint8Array) => void) => {
    const message = query();
    change(message);
    return message;
  };
  /** Header and OPT of a query. */
  const withoutQuestion = (message: Uint8Array) => {
    const header = message.slice(0, 12);
    header[5] = 0;
    return new Uint8Array([...header, ...message.slice(-11)]);
  };
  const a = [...[0xc0, 12], 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 1, 2, 3, 4];

  it.each([
    ["a response", changed((m) => m.set([0x80], 2))],
    ["no question", changed((m) => m.set([0, 0], 4))],
    ["two questions", changed((m) => m.set([0, 2], 4))],
    ["a header and nothing else", query().slice(0, 12)],
    ["half a name", query().slice(0, 20)],
    ["no class", query().slice(0, -2)],
    ["an octet left over", new Uint8Array([...query(), 0])],
    ["a count without a record", changed((m) => m.set([0, 1], 10))],
    ["a pointer for a name", changed((m) => m.set([0xc0, 0], 12))],
    ["a pointer to itself", changed((m) => m.set([0xc0, 12], 12))],
    ["a label of a reserved type", changed((m) => m.set([0x40], 12))],
    ["a name of 256 octets", queryOf(`${`${"a".repeat(63)}.`.repeat(3)}${"a".repeat(62)}`)],
    ["a record cut off", queryOf(plain, { after: { octets: a.slice(0, -1), counts: [0, 0, 1] } })],
    [
      "an OPT that is not the root's",
      queryOf(plain, { after: { octets: [1, 97, 0, 0, 41, 4, 0, 0, 0, 0, 0, 0, 0], counts: [0, 0, 1] } }),
    ],
    [
      "an OPT as an answer",
      queryOf(plain, { after: { octets: [0, 0, 41, 4, 0, 0, 0, 0, 0, 0, 0], counts: [1, 0, 0] } }),
    ],
    ["an option longer than its OPT", queryOf(plain, { edns: { options: [0, 10, 0, 9, 1] } })],
    ["a question for OPT", queryOf(plain, { type: 41 })],
    [
      "two OPTs",
      queryOf(plain, { edns: {}, after: { octets: [0, 0, 41, 4, 0, 0, 0, 0, 0, 0, 0], counts: [0, 0, 1] } }),
    ],
    ["two questions and an OPT", queryOf(plain, { edns: {} }).map((octet, at) => (at === 5 ? 2 : octet))],
    ["an OPT and an octet left over", new Uint8Array([...queryOf(plain, { edns: { flags: 0x8000 } }), 0])],
    ["a cookie without a question (RFC 7873 §5.4)", withoutQuestion(queryOf(plain, { edns: { flags: 0x8000 } }))],
  ])("%s is FORMERR", async (_what, message) => {
    const { rcode, qr, id, answers } = await rcodeOf(message);
    expect({ rcode, qr, answers }).toEqual({ rcode: 1, qr: true, answers: [] });
    expect(id).toBe((message[0]! << 8) | message[1]!);
  });

  it("keeps the question and the OPT of what it refuses where they could be read", async () => {
    const edns = { flags: 0x8000 };
    const asked = [{ name: plain, type: 16, class: 1 }];
    const opt = { udpPayload: 1232, version: 0, dnssecOk: true, options: [] };
    const octetOver = (message: Uint8Array) => new Uint8Array([...message, 0]);
    const notify = (message: Uint8Array) => message.map((octet, at) => (at === 2 ? 4 << 3 : octet));
    for (const [message, expected] of [
      [octetOver(queryOf(plain, { edns })), { rcode: 1, questions: asked, opt }],
      [octetOver(queryOf(plain)), { rcode: 1, questions: asked, opt: null }],
      [queryOf(plain, { edns: { flags: 0x8000, options: [0, 10, 0, 9, 1] } }), { rcode: 1, questions: asked, opt }],
      [queryOf(plain, { type: 41, edns }), { rcode: 1, questions: [{ name: plain, type: 41, class: 1 }], opt }],
      [withoutQuestion(queryOf(plain, { edns })), { rcode: 1, questions: [], opt }],
      [notify(queryOf(plain, { edns })), { rcode: 4, questions: asked, opt }],
      [notify(queryOf(plain)), { rcode: 4, questions: asked, opt: null }],
    ] as const) {
      expect(await rcodeOf(message)).toMatchObject(expected);
    }
  });

  it.each([1, 2, 4, 5, 6, 15])("opcode %i is NOTIMP, and repeated", async (opcode) => {
    const { rcode, opcode: repeated } = await rcodeOf(changed((m) => m.set([opcode << 3], 2)));
    expect({ rcode, repeated }).toEqual({ rcode: 4, repeated: opcode });
  });

  it("the longest name of 255 octets is answered", async () => {
    const longest = `${`${"a".repeat(63)}.`.repeat(3)}${"a".repeat(47)}.resolvedb.net`;
    expect(queryOf(longest).length).toBe(12 + 255 + 4);
    expect((await ask(longest)).answers[0]?.strings).toEqual(["v=rdb1;s=invalid;err=E002"]);
  });

  it("other records of a query change nothing", async () => {
    const { answers } = await ask(name, { after: { octets: a, counts: [0, 0, 1] } });
    expect(answers).toHaveLength(1);
  });

  it("shorter than a header is no message: 400", async () => {
    for (const length of [0, 1, 11]) expect((await post(query().slice(0, length))).status).toBe(400);
  });
});

describe("EDNS", () => {
  it("is answered where it was used, and only there", async () => {
    expect((await ask(name)).opt).toBeNull();
    expect((await ask(name, { edns: {} })).opt).toEqual({ udpPayload: 1232, version: 0, dnssecOk: false, options: [] });
  });

  it("repeats the DO bit, also where there is no answer", async () => {
    expect((await ask(name, { edns: { flags: 0x8000 } })).opt?.dnssecOk).toBe(true);
    expect((await ask("example.com", { edns: { flags: 0x8000 } })).opt?.dnssecOk).toBe(true);
  });

  it("of another version is BADVERS", async () => {
    expect(await ask(name, { edns: { version: 1 } })).toMatchObject({ rcode: 16, answers: [], opt: { version: 0 } });
  });

  it("takes options that it does not know: cookies, client subnets, keys of one's own", async () => {
    const options = [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 8, 0, 7, 0, 1, 24, 0, 192, 0, 2, 0xff, 0xf0, 0, 0];
    expect((await ask(name, { edns: { options } })).answers).toHaveLength(1);
  });

  it("pads where the query was padded, to blocks of 468 octets (RFC 8467)", async () => {
    const { opt, http, answers } = await ask(name, { edns: { options: [0, 12, 0, 2, 0, 0] } });
    expect(opt?.options.map(({ code }) => code)).toEqual([12]);
    expect(answers).toHaveLength(1);
    expect(Number(http.headers.get("content-length")) % 468).toBe(0);
  });
});

describe("HTTP (RFC 8484)", () => {
  it("answers GET and POST the same, with the ID that was asked", async () => {
    const message = queryOf(name, { id: 0 });
    const answer = await get(`/dns-query?dns=${parameterOf(message)}`);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "application/dns-message",
      "cache-control": "max-age=3600",
      "access-control-allow-origin": "*",
    });
    const octets = new Uint8Array(await answer.arrayBuffer());
    expect(new Uint8Array(await (await post(message)).arrayBuffer())).toEqual(octets);
    for (const id of [1, 0xffff]) expect((await ask(name, { id })).answers).toHaveLength(1);
  });

  it("answers on the hosts of the API as well, and not on those of zones", async () => {
    const path = `/dns-query?dns=${parameterOf(queryOf(name))}`;
    for (const host of ["api.rescdn.localhost", "localhost", "api.resolvedb.localhost", "api.resolvedb.io"]) {
      expect((await exports.default.fetch(`http://${host}${path}`)).status).toBe(200);
    }
    expect((await exports.default.fetch(`http://nozone.rescdn.localhost${path}`)).status).toBe(404);
  });

  it("answers HEAD without a body", async () => {
    const answer = await get(`/dns-query?dns=${parameterOf(queryOf(name))}`, { method: "HEAD" });
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
  });

  it.each([
    ["no parameter", "/dns-query", 400],
    ["an empty one", "/dns-query?dns=", 400],
    ["two", `/dns-query?dns=${"A".repeat(40)}&dns=${"A".repeat(40)}`, 400],
    ["padding", `/dns-query?dns=${"A".repeat(22)}==`, 400],
    ["the other alphabet", `/dns-query?dns=${"A".repeat(22)}%2B%2F`, 400],
    ["a length that no octets have", `/dns-query?dns=${"A".repeat(21)}`, 400],
    ["fewer octets than a header", "/dns-query?dns=AAAA", 400],
    ["more than 4,096 octets", `/dns-query?dns=${"A".repeat(5_464)}`, 413],
    ["more than 8,192 characters", `/dns-query?dns=${"A".repeat(8_196)}`, 413],
  ])("GET with %s", async (_what, path, status) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect((await answer.text()).length).toBeGreaterThan(10);
  });

  it("POST of another type is 415", async () => {
    for (const type of ["application/json", "application/dns-messages", ""]) {
      expect((await post(queryOf(name), { "content-type": type })).status).toBe(415);
    }
    expect((await post(queryOf(name), { "content-type": "Application/DNS-Message; charset=x" })).status).toBe(200);
  });

  it("POST of a body that breaks off is 400", async () => {
    const broken = new ReadableStream({
      pull(controller) {
        controller.error(new Error("Network connection lost."));
      },
    });
    const headers = { "content-type": "application/dns-message" };
    const request = new Request(`${DNS_HOST}/dns-query`, { method: "POST", headers, body: broken });
    const answer = await handleDns(request, new URL(request.url), env, () => undefined, Date.now());
    expect([answer.status, await answer.text()]).toEqual([400, "the body broke off before its end\n"]);
  });

  it("POST of more than 4,096 octets is 413, also where the length is not said", async () => {
    expect((await post(new Uint8Array(4_097))).status).toBe(413);
    const stream = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 5; i++) controller.enqueue(new Uint8Array(1_000));
        controller.close();
      },
    });
    const headers = { "content-type": "application/dns-message" };
    expect((await get("/dns-query", { method: "POST", headers, body: stream })).status).toBe(413);
    const short = new ReadableStream({
      start(controller) {
        controller.enqueue(queryOf(name).slice(0, 20));
        controller.enqueue(queryOf(name).slice(20));
        controller.close();
      },
    });
    expect((await get("/dns-query", { method: "POST", headers, body: short })).status).toBe(200);
  });

  it("carries the API's safety headers and may be read across origins, whatever it says", async () => {
    const safety = [
      "content-security-policy",
      "referrer-policy",
      "strict-transport-security",
      "x-content-type-options",
    ];
    const api = (await exports.default.fetch("http://api.rescdn.localhost/health")).headers;
    const expected = Object.fromEntries(safety.map((field) => [field, api.get(field)]));
    expect(Object.values(expected)).not.toContain(null);
    const good = `/dns-query?dns=${parameterOf(queryOf(name))}`;
    const asked: [string, RequestInit?][] = [
      [good],
      [good], // hot
      [good, { method: "HEAD" }],
      [`/dns-query?dns=${parameterOf(queryOf("example.com"))}`], // REFUSED
      ["/dns-query?dns=AAAA"],
      [`/dns-query?dns=${"A".repeat(8_196)}`],
      ...["/dns-query", "/resolve"].flatMap((path): [string, RequestInit?][] => [
        [path],
        [path, { method: "OPTIONS" }],
        [path, { method: "PUT", body: "x" }],
        [path, { method: "POST", body: "x" }],
        [path, { method: "TRACE" }],
      ]),
      [`/resolve?name=${name}&type=TXT`],
      [`/resolve?name=${name}&type=TXT`, { method: "HEAD" }],
      [`/resolve?name=${"a".repeat(300)}`],
    ];
    for (const [path, init] of asked) {
      const { headers } = await get(path, init);
      expect(Object.fromEntries(headers), path).toMatchObject({ ...expected, "access-control-allow-origin": "*" });
    }
    const posted = await post(queryOf(name));
    expect(Object.fromEntries(posted.headers)).toMatchObject({ ...expected, "access-control-allow-origin": "*" });
  });

  it("other methods are 405, and OPTIONS says what may be asked across origins", async () => {
    for (const path of ["/dns-query", "/resolve"]) {
      const put = await get(path, { method: "PUT", body: "x" });
      expect(put.status).toBe(405);
      const preflight = await get(path, { method: "OPTIONS" });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get("access-control-allow-methods")).toBe(put.headers.get("allow"));
      expect(preflight.headers.get("access-control-allow-headers")).toContain("Content-Type");
    }
  });
});

describe("what is hot", () => {
  it("is never another question's answer, also where questions are long", async () => {
    await space.put("other", "2");
    const options = [0, 12, 0x02, 0x58, ...new Array<number>(600).fill(0)];
    for (let i = 0; i < 3; i++) {
      for (const [resource, data] of [
        ["config", '{"database":"postgres"}'],
        ["other", "2"],
      ]) {
        const { answers } = await ask(`get.${resource}.${space.name}.v1.resolvedb.net`, { edns: { options } });
        expect(dataOf(answers[0]!.strings.join(""))).toBe(data);
      }
    }
  });

  it("is answered without KV", async () => {
    await space.put("hot", "1");
    const hot = `get.hot.${space.name}.v1.resolvedb.net`;
    await ask(hot);
    const reads = vi.spyOn(env.ZONES, "get");
    for (let i = 0; i < 20; i++) expect(dataOf(await textOf(hot))).toBe("1");
    expect(reads).not.toHaveBeenCalled();
  });
});
