import { describe, expect, it } from "vitest";
import {
  listedFields,
  selectingFields,
  unlistedFields,
  variantOf,
} from "../../../src/edge/request/forwarded-fields.ts";
import type { ForwardSettings } from "../../../src/zones/settings.ts";

const NOTHING: ForwardSettings = { headers: [], cookies: false, authorization: false };
const ALL: ForwardSettings = { ...NOTHING, headers: "all" };
const client = {
  accept: "text/html",
  "accept-encoding": "br",
  authorization: "Bearer x",
  "cache-control": "max-stale=1000",
  cookie: "a=1",
  connection: "x-hop",
  "content-type": "text/plain",
  "if-none-match": '"1"',
  pragma: "no-cache",
  range: "bytes=0-0",
  "user-agent": "U",
  "x-forwarded-host": "evil",
  "x-hop": "1",
  "x-view": "v",
};
const names = (fields: readonly (readonly [string, string])[]) => fields.map(([name]) => name);

describe("listedFields()", () => {
  it.each<[ForwardSettings["headers"], Record<string, string>, [string, string][]]>([
    [[], client, []],
    ["all", client, []],
    [
      ["x-view", "accept"],
      client,
      [
        ["accept", "text/html"],
        ["x-view", "v"],
      ],
    ],
    [["x-forwarded-host"], client, [["x-forwarded-host", "evil"]]],
    [["cache-control"], client, [["cache-control", "max-stale=1000"]]],
    [["x-other"], client, []],
    [["x-view"], { "x-view": "" }, [["x-view", ""]]],
    // What the edge decides cannot be listed; older settings may have it all the same.
    [["accept-encoding", "range", "surrogate-capability", "cookie"], client, []],
    [["accept-language"], { "accept-language": "fr;q=0.50, DE" }, [["accept-language", "de,fr;q=0.5"]]],
    [["accept-language"], { "accept-language": "de, fr" }, [["accept-language", "de,fr"]]],
    [["accept-language"], { "accept-language": "fr, de" }, [["accept-language", "fr,de"]]],
    [["accept-language"], { "accept-language": "fr;q=nonsense, DE" }, [["accept-language", "fr;q=nonsense, DE"]]],
    [["if-what"], { "if-what": "A,  b" }, [["if-what", "A,  b"]]],
  ])("of %j", (headers, request, fields) => {
    expect(listedFields(new Headers(request), { ...NOTHING, headers })).toEqual(fields);
  });
});

describe("unlistedFields()", () => {
  it.each<[ForwardSettings, string[]]>([
    [NOTHING, []],
    [{ ...NOTHING, headers: ["x-view"] }, []],
    [{ ...NOTHING, cookies: true }, ["cookie"]],
    [{ ...NOTHING, authorization: true }, ["authorization"]],
    [ALL, ["accept", "user-agent", "x-view"]],
    [
      { headers: "all", cookies: true, authorization: true },
      ["accept", "user-agent", "x-view", "cookie", "authorization"],
    ],
  ])("of %j", (forward, expected) => {
    expect(names(unlistedFields(new Headers(client), forward))).toEqual(expected);
  });
});

describe("selectingFields()", () => {
  const vary = ["accept", "accept-encoding", "authorization", "cookie", "x-forwarded-host", "x-view"];

  it.each<[ForwardSettings, "read" | "all", string[]]>([
    [NOTHING, "read", []],
    [{ ...NOTHING, headers: ["x-view"] }, "read", []],
    [{ ...NOTHING, headers: ["x-view", "accept-language"] }, "all", ["=accept-language", "=x-view"]],
    [{ ...NOTHING, cookies: true }, "read", ["cookie"]],
    [{ ...NOTHING, authorization: true }, "all", ["authorization"]],
    [ALL, "read", ["accept", "x-view"]],
    [ALL, "all", ["accept", "x-view"]],
  ])("with %j and methods %j", (forward, methods, expected) => {
    expect(selectingFields(vary, { forward, methods })).toEqual(expected);
  });
});

describe("variantOf()", () => {
  const of = (selecting: string[], name: string, value: string) => variantOf(selecting, new Headers({ [name]: value }));

  it.each([
    ["accept-language", "fr, de", "de, fr"],
    ["x-tier", "a,b", "a, b"],
  ])("tells spellings of %s apart only where it is listed: %j and %j", (name, one, other) => {
    expect(of([name], name, one)).toBe(of([name], name, other));
    expect(of([`=${name}`], name, one)).not.toBe(of([`=${name}`], name, other));
  });

  it("tells a value with a member that says nothing apart in any case: an origin may choke on it", () => {
    for (const selecting of ["x-tier", "=x-tier"]) {
      expect(of([selecting], "x-tier", "one")).not.toBe(of([selecting], "x-tier", "one,,,"));
    }
  });

  it("takes for one what the origin gets in one spelling", () => {
    const listed = ["=accept-language"];
    expect(of(listed, "accept-language", "fr;q=0.5,DE")).toBe(of(listed, "accept-language", "de, fr;q=0.50"));
  });

  it("has no value that passes for another field, or for none", () => {
    const names = ["=x-a", "=x-b", "x-c"];
    const clients = [{}, { "x-a": "" }, { "x-b": "" }, { "x-c": "" }, { "x-a": "x-b:" }, { "x-a": "=x-b:" }];
    expect(new Set(clients.map((client) => variantOf(names, new Headers(client)))).size).toBe(clients.length);
  });
});
