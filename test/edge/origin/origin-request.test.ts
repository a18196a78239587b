import { describe, expect, it } from "vitest";
import { originHeaders, unsafeOriginHeaders } from "../../../src/edge/origin/origin-request.ts";
import type { Target } from "../../../src/edge/request/target.ts";
import { refusalOfHeaderName } from "../../../src/zones/header-rules.ts";
import type { ForwardSettings } from "../../../src/zones/settings.ts";
import { zoneDocument } from "../../support/zone-document.ts";

const NOTHING: ForwardSettings = { headers: [], cookies: false, authorization: false };
const zoneWith = (forward: Partial<ForwardSettings>) => zoneDocument({ forward: { ...NOTHING, ...forward } });

/** What the edge says of itself, whatever the client says. */
const OURS = {
  accept: "*/*",
  "accept-encoding": "identity",
  "cdn-loop": "rescdn",
  "surrogate-capability": 'rescdn="Surrogate/1.0"',
  "user-agent": "ResCDN",
  via: "1.1 rescdn",
  "x-forwarded-host": "zone.rescdn.io",
  "x-forwarded-proto": "https",
};
const HOSTS = ["zone.rescdn.io", "zone.rescdn.localhost"] as const;
/** A request to a zone, as far as it decides what the origin sees. */
const asked = (headers: Headers, forward: Partial<ForwardSettings> = {}, fields: Target["fields"] = []) => ({
  request: { headers },
  zone: zoneWith(forward),
  target: { fields },
  hosts: HOSTS,
});

const client = new Headers({
  accept: "text/html",
  "accept-encoding": "br",
  authorization: "Bearer x",
  "cdn-loop": "other",
  "content-type": "text/plain",
  cookie: "a=1",
  "if-none-match": '"1"',
  origin: "https://www.example.com",
  range: "bytes=0-0",
  "surrogate-capability": "evil",
  "user-agent": "Client/1",
  via: "1.1 evil",
  "x-forwarded-for": "198.51.100.7",
  "x-forwarded-host": "evil.example",
  "x-forwarded-proto": "http",
});

describe("originHeaders()", () => {
  it.each<[string, Partial<ForwardSettings>, Record<string, string>]>([
    ["nothing of the client's", {}, OURS],
    ["its cookies", { cookies: true }, { ...OURS, cookie: "a=1" }],
    ["its credentials", { authorization: true }, { ...OURS, authorization: "Bearer x" }],
    ["its address", { client_ip: true }, { ...OURS, "x-forwarded-for": "198.51.100.7" }],
    ["all that steers nothing", { headers: "all" }, { ...OURS, accept: "text/html", "user-agent": "Client/1" }],
  ])("sends %s where the zone forwards %j", (_title, forward, expected) => {
    expect(Object.fromEntries(originHeaders(asked(client, forward)))).toEqual(expected);
  });

  it("sends the target's own fields, and adds itself to the networks that were passed", () => {
    const fields = [
      ["cdn-loop", "other"],
      ["x-tier", "one"],
    ] as const;
    expect(Object.fromEntries(originHeaders(asked(client, {}, fields)))).toEqual({
      ...OURS,
      "cdn-loop": "other, rescdn",
      "x-tier": "one",
    });
  });

  it("says for itself only what the zone does not list", () => {
    const fields = ["accept", "user-agent", "x-forwarded-host", "x-forwarded-proto"].map(
      (name) => [name, "a"] as const,
    );
    expect(Object.fromEntries(originHeaders(asked(new Headers(), {}, fields)))).toEqual({
      ...OURS,
      ...Object.fromEntries(fields),
    });
  });

  it("sends nothing under a name that the customer could list or set against it, unless the customer may", () => {
    for (const name of [...originHeaders(asked(client)).keys(), "range", "if-none-match", "x-forwarded-for"]) {
      const isOpen = ["accept", "user-agent", "x-forwarded-host", "x-forwarded-proto"].includes(name);
      expect([name, refusalOfHeaderName(name, "origin_headers") === null]).toEqual([name, isOpen]);
      expect([name, refusalOfHeaderName(name, "forward") === null]).toEqual([name, isOpen]);
    }
  });

  it("adds what the cache asks", () => {
    const headers = originHeaders(asked(client), { "if-none-match": '"2"', range: "bytes=4-" });
    expect([headers.get("if-none-match"), headers.get("range")]).toEqual(['"2"', "bytes=4-"]);
  });
});

describe("unsafeOriginHeaders()", () => {
  const sent = (fields: Record<string, string>, forward: Partial<ForwardSettings> = {}) => {
    const headers = Object.fromEntries(unsafeOriginHeaders(asked(new Headers(fields), forward)));
    for (const name of Object.keys(OURS)) delete headers[name];
    return headers;
  };

  it.each(["content-type", "content-encoding", "content-language", "content-length", "content-range"])(
    "sends %s",
    (name) => {
      expect(sent({ [name]: "1" })).toEqual({ [name]: "1" });
    },
  );

  it.each(["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"])("sends %s", (name) => {
    expect(sent({ [name]: '"1"' })).toEqual({ [name]: '"1"' });
  });

  it("gives the tags of our codings back as the origin knows them", () => {
    expect(sent({ "if-match": 'W/"a-br", "b-gzip","c-brx", "-br-gzip"' })).toEqual({
      "if-match": 'W/"a", "b","c-brx", "-br"',
    });
  });

  it("sends Origin where all headers are forwarded, and only there", () => {
    const origin = "https://www.example.com";
    expect(sent({ origin }, { headers: "all" })).toEqual({ origin });
    expect(sent({ origin })).toEqual({});
  });

  it("sends no range and no credentials that the zone does not forward", () => {
    expect(sent({ range: "bytes=0-0", cookie: "a=1", authorization: "x" })).toEqual({});
  });
});
