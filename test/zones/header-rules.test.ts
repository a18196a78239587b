import { describe, expect, it } from "vitest";
import { type HeaderUse, refusalOfHeaderName } from "../../src/zones/header-rules.ts";

describe("refusalOfHeaderName()", () => {
  it.each<[HeaderUse, string, string]>([
    ["forward", "surrogate-capability", "surrogate-capability cannot be listed: it says what this cache understands"],
    ["forward", "Range", "Range cannot be listed: the edge decides which ranges it asks for"],
    ["forward", "cookie", "cookie cannot be listed: forward.cookies is for that"],
    ["forward", "authorization", "authorization cannot be listed: forward.authorization is for that"],
    [
      "forward",
      "x-forwarded-for",
      "x-forwarded-for cannot be listed: forward.client_ip is for that: it sends the address that a client really has, not one that it claims",
    ],
    ["origin_headers", "host", "host cannot be set: the setting origin_host is for that"],
    ["origin_headers", "cdn-loop", "cdn-loop cannot be set: it shows when a request goes in circles"],
    [
      "origin_headers",
      "content-language",
      "content-language cannot be set: it goes along with the body of an unsafe method",
    ],
    [
      "response_headers",
      "cache-control",
      "cache-control cannot be set: the edge says with it how long an answer may be kept: set browser_ttl instead",
    ],
    ["response_headers", "set-cookie", "set-cookie cannot be set: a cookie is for one client, and an answer for many"],
    ["response_headers", "repr-digest", "repr-digest cannot be set: it is true of one body alone"],
    ["response_headers", "te", "te cannot be set: it is about one connection only"],
    ["response_headers", "a b", "is not a valid header name"],
  ])("for %s of %s says why", (use, name, sentence) => {
    expect(refusalOfHeaderName(name, use)).toBe(sentence);
  });

  it.each<[HeaderUse, string[]]>([
    ["forward", ["accept", "cache-control", "origin", "user-agent", "x-forwarded-host", "x-tier"]],
    ["origin_headers", ["accept", "authorization", "cookie", "user-agent", "x-forwarded-host", "x-real-ip"]],
    ["response_headers", ["alt-svc", "cache-tag", "clear-site-data", "link", "strict-transport-security", "x-a"]],
  ])("lets %s name %j", (use, names) => {
    for (const name of names) expect(refusalOfHeaderName(name, use), name).toBeNull();
  });
});
