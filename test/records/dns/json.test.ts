import { env, exports } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { DNS_HOST, PlayedNamespace, STORED_AT } from "../../support/records.ts";

const NAME = "get.config.app.v1.resolvedb.net";
const resolve = (query: string) => exports.default.fetch(`${DNS_HOST}/resolve${query}`);

let space: PlayedNamespace;
let name: string;
beforeAll(async () => {
  space = await new PlayedNamespace("public").publish();
  name = `get.config.${space.name}.v1.resolvedb.net`;
  await space.put("config", '{"database":"postgres"}', { ttl: 120 });
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe("/resolve", () => {
  it("answers in Google's form, the text as one string without quotes", async () => {
    const answer = await resolve(`?name=${name}&type=TXT`);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "content-type": "application/dns-json",
      "cache-control": "max-age=120",
      "access-control-allow-origin": "*",
    });
    const data = `v=rdb1;s=ok;t=data;f=json;ttl=120;ts=${STORED_AT / 1000};d={"database":"postgres"}`;
    expect(await answer.json()).toEqual({
      Status: 0,
      TC: false,
      RD: true,
      RA: true,
      AD: false,
      CD: false,
      Question: [{ name, type: 16 }],
      Answer: [{ name, type: 16, TTL: 120, data }],
    });
  });

  it("gives a long text as one string as well", async () => {
    const large = JSON.stringify({ text: "x".repeat(20_000) });
    await space.put("large", large);
    const answer = await resolve(`?name=get.large.${space.name}.v1.resolvedb.net&type=16`);
    const { Answer } = await answer.json<{ Answer: { data: string }[] }>();
    expect(Answer[0]?.data.endsWith(`;d=${large}`)).toBe(true);
  });

  it("asks for A where no type is given, which names do not have", async () => {
    const answer = await resolve(`?name=${name}`);
    expect(answer.headers.get("cache-control")).toBe("max-age=300");
    expect(await answer.json()).toMatchObject({
      Status: 0,
      Question: [{ name, type: 1 }],
      Authority: [
        { name: "resolvedb.net", type: 6, TTL: 300, data: expect.stringMatching(/^ns1\.resolvedb\.io\. hostmaster\./) },
      ],
    });
  });

  it.each([
    ["txt", 16],
    ["16", 16],
    ["TYPE16", 16],
    ["AAAA", 28],
    ["any", 255],
    ["65535", 65_535],
    ["caa", 257],
  ])("reads type=%s as %i", async (type, number) => {
    expect(await (await resolve(`?name=${NAME}&type=${type}`)).json()).toMatchObject({ Question: [{ type: number }] });
  });

  it("shows SOA, NS and HINFO in presentation form", async () => {
    const data = async (query: string) =>
      (await (await resolve(query)).json<{ Answer: { data: string }[] }>()).Answer.map((rr) => rr.data);
    expect(await data("?name=resolvedb.net&type=NS")).toEqual(["ns1.resolvedb.io.", "ns2.resolvedb.io."]);
    expect(await data("?name=resolvedb.net.&type=SOA")).toEqual([
      "ns1.resolvedb.io. hostmaster.resolvedb.net. 1 86400 7200 3600000 300",
    ]);
    expect(await data(`?name=${NAME}&type=ANY`)).toEqual(['"RFC8482" ""']);
  });

  it("repeats cd, and takes do, edns_client_subnet and random_padding", async () => {
    const extra = "&cd=true&do=1&edns_client_subnet=192.0.2.0/24&random_padding=xxxx";
    const answer = await resolve(`?name=${name}&type=TXT${extra}`);
    expect(await answer.json()).toMatchObject({ Status: 0, CD: true, AD: false, Answer: [{ TTL: 120 }] });
  });

  it("says REFUSED for names of others", async () => {
    for (const other of ["example.com", "."]) {
      const answer = await resolve(`?name=${other}&type=TXT`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(await answer.json()).toMatchObject({ Status: 5 });
    }
  });

  it("says SERVFAIL where the table cannot be read", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    vi.spyOn(env.ZONES, "get").mockRejectedValue(new Error("KV is down") as never);
    const answer = await resolve("?name=get.config.unread.v1.resolvedb.net&type=TXT");
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(await answer.json()).toMatchObject({ Status: 2 });
  });

  it.each([
    ["no name", ""],
    ["an empty name", "?name="],
    ["two names", `?name=${NAME}&name=${NAME}`],
    ["a name of 254 characters", `?name=${"a.".repeat(126)}ab`],
    ["an empty label", "?name=get..resolvedb.net"],
    ["a label of 64 characters", `?name=${"a".repeat(64)}.resolvedb.net`],
    ["a name beyond ASCII", "?name=gr%C3%BCezi.resolvedb.net"],
    ["a space", "?name=get%20config.resolvedb.net"],
    ["an unknown type", `?name=${NAME}&type=NONSENSE`],
    ["a type beyond 16 bits", `?name=${NAME}&type=65536`],
    ["a type of Object's own", `?name=${NAME}&type=constructor`],
    ["a flag that is none", `?name=${NAME}&cd=perhaps`],
  ])("%s is 400 with a sentence", async (_what, query) => {
    const answer = await resolve(query);
    expect(answer.status).toBe(400);
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(await answer.json()).toEqual({ error: { code: "validation_error", message: expect.any(String) } });
  });
});
