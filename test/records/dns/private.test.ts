import { env, exports } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { hashQueryToken, newQueryToken } from "../../../src/records/query-token.ts";
import { recordTableOf } from "../../../src/records/record-table.ts";
import { queryOf } from "../../support/dns.ts";
import { parseResponse, unmarshal } from "../../support/go-client.ts";
import { ask, DNS_HOST, dataOf, PlayedNamespace, post, STORED_AT, textOf } from "../../support/records.ts";

const NO_TOKEN = "v=rdb1;s=auth;err=E006";
const WRONG_TOKEN = "v=rdb1;s=auth;err=E007";

let secret: PlayedNamespace;
let open: PlayedNamespace;
let label: string;
beforeAll(async () => {
  secret = await new PlayedNamespace("private").publish();
  open = await new PlayedNamespace("public").publish();
  label = await secret.token();
  for (const space of [secret, open]) {
    await space.put("config", '{"a":1}');
    await space.put("settings.config", '{"b":2}');
  }
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: STORED_AT });
});
afterEach(() => {
  vi.useRealTimers();
});

const nameOf = (token: string | null, operation = "get", labels = ["config"], space = secret) =>
  [operation, ...(token === null ? [] : [token]), ...labels, space.name, "v1.resolvedb.net"].join(".");

/** What is answered beside the question. */
async function beside(name: string, type = 16): Promise<string> {
  const query = queryOf(name, { type, edns: {} });
  const octets = new Uint8Array(await (await post(query)).arrayBuffer());
  const question = query.length - 11 - 12;
  return new Uint8Array([...octets.subarray(0, 12), ...octets.subarray(12 + question)]).toHex();
}

describe("a private namespace", () => {
  it("says that it wants a token, in every operation, and that no other type has data", async () => {
    for (const [operation, labels] of [
      ["get", ["config"]],
      ["get", ["nothing"]],
      ["info", ["config"]],
      ["list", []],
      ["list", ["config"]],
      ["search", ["config"]],
    ] as const) {
      const asked = nameOf(null, operation, [...labels]);
      const { rcode, answers, http } = await ask(asked);
      expect({ rcode, texts: answers.map(({ strings, ttl }) => ({ strings, ttl })) }).toEqual({
        rcode: 0,
        texts: [{ strings: [NO_TOKEN], ttl: 5 }],
      });
      expect(http.headers.get("cache-control")).toBe("max-age=5");
      for (const type of [1, 6]) {
        const other = await ask(asked, { type });
        expect(other).toMatchObject({ rcode: 0, answers: [], authorities: [{ type: 6 }] });
      }
    }
  });

  it("answers who shows a token, in any case, and lets nobody keep the answer", async () => {
    for (const shown of [label, label.toUpperCase()]) {
      const { rcode, answers, http } = await ask(nameOf(shown));
      expect(rcode).toBe(0);
      expect(dataOf(answers[0]!.strings.join(""))).toBe('{"a":1}');
      expect(answers[0]?.strings.join("")).toContain(";ttl=0;");
      expect(answers[0]?.ttl).toBe(0);
      expect(http.headers.get("cache-control")).toBe("private, no-store");
    }
  });

  it("lists, searches and describes for who shows a token", async () => {
    const text = async (name: string) => dataOf((await ask(name)).answers[0]!.strings.join(""));
    expect(JSON.parse(await text(nameOf(label, "list", [])))).toEqual(["config"]);
    expect(JSON.parse(await text(nameOf(label, "list", ["config"])))).toEqual(["settings"]);
    expect(JSON.parse(await text(nameOf(label, "search", ["sett"])))).toEqual([`settings.config.${secret.name}.v1`]);
    expect(JSON.parse(await text(nameOf(label, "info", ["config"])))).toMatchObject({ size: 7 });
  });

  it("says what is missing only to who shows a token", async () => {
    expect((await ask(nameOf(label, "get", ["nothing"]))).answers[0]?.strings).toEqual(["v=rdb1;s=notfound;err=E004"]);
  });

  it("answers any credential that does not open it with the same octets, which nobody keeps", async () => {
    const foreign = await open.token();
    const wrong = nameOf(`auth-${newQueryToken()}`);
    const { answers, http } = await ask(wrong);
    expect(answers.map(({ strings, ttl }) => ({ strings, ttl }))).toEqual([{ strings: [WRONG_TOKEN], ttl: 0 }]);
    expect(http.headers.get("cache-control")).toBe("private, no-store");
    const said = await beside(wrong);
    for (const shown of [foreign, `auth-${"0".repeat(32)}-t-1800000000`, "auth-x", `sig-${"0".repeat(32)}-t-1`]) {
      expect(await beside(nameOf(shown))).toBe(said);
      expect(await beside(nameOf(shown, "get", ["nothing"]))).toBe(said);
    }
  });

  it("answers the public Go client that there is nothing, not that the answer cannot be read", async () => {
    const { answers } = await ask(nameOf(null));
    expect(() => unmarshal(parseResponse(answers[0]!.strings.join("")))).toThrow("resource not found");
  });

  it("refuses a revoked token from the next query on, and an expired one", async () => {
    const revoked = await secret.token();
    expect(await textOf(nameOf(revoked))).toContain("s=ok");
    await env.DB.prepare("UPDATE query_tokens SET revoked_at = ? WHERE hash = ?")
      .bind(STORED_AT, await hashQueryToken(revoked.slice("auth-".length)))
      .run();
    expect(await textOf(nameOf(revoked))).toBe(WRONG_TOKEN);

    const short = await secret.token({ expiresAt: STORED_AT + 1_000 });
    expect(await textOf(nameOf(short))).toContain("s=ok");
    vi.setSystemTime(STORED_AT + 1_000);
    expect(await textOf(nameOf(short))).toBe(WRONG_TOKEN);
  });

  it("is closed at once where it was public and its answers were hot", async () => {
    const space = await new PlayedNamespace("public").publish();
    await space.put("config", "1");
    const name = nameOf(null, "get", ["config"], space);
    for (let i = 0; i < 3; i++) expect(dataOf(await textOf(name))).toBe("1");
    recordTableOf(env.ZONES).rememberNamespace({ ...space.document, visibility: "private", revision: 2 }, Date.now());
    for (let i = 0; i < 3; i++) expect(await textOf(name)).toBe(NO_TOKEN);
    recordTableOf(env.ZONES).rememberNamespace({ ...space.document, revision: 3 }, Date.now());
    expect(dataOf(await textOf(name))).toBe("1");
  });

  it("says the same over /resolve", async () => {
    const answer = await exports.default.fetch(`${DNS_HOST}/resolve?name=${nameOf(null)}&type=TXT`);
    expect(await answer.json()).toMatchObject({ Status: 0, Answer: [{ TTL: 5, data: NO_TOKEN }] });
    const opened = await exports.default.fetch(`${DNS_HOST}/resolve?name=${nameOf(label)}&type=TXT`);
    expect(opened.headers.get("cache-control")).toBe("private, no-store");
    expect(await opened.json()).toMatchObject({ Status: 0, Answer: [{ TTL: 0 }] });
  });

  it("is not looked for by names that say nothing of it", async () => {
    expect((await ask(`put.config.${secret.name}.v1.resolvedb.net`)).answers[0]?.strings).toEqual([
      "v=rdb1;s=invalid;err=E002",
    ]);
  });
});

describe("a public namespace", () => {
  it("answers whatever credential is shown", async () => {
    for (const shown of [label, `auth-${newQueryToken()}`, `sig-${"0".repeat(32)}-t-1`]) {
      const { answers, http } = await ask(nameOf(shown, "get", ["config"], open));
      expect(dataOf(answers[0]!.strings.join(""))).toBe('{"a":1}');
      expect(http.headers.get("cache-control")).toBe("max-age=3600");
    }
  });

  it("has no records while its document is not known: they may be private", async () => {
    const unknown = new PlayedNamespace("private");
    await open.put("config", "1", { key: `config.${unknown.name}.v1` });
    expect((await ask(nameOf(null, "get", ["config"], unknown))).answers[0]?.strings).toEqual([
      "v=rdb1;s=notfound;err=E004",
    ]);
  });
});
