import { describe, expect, it } from "vitest";
import { type Question, withOwnRedirects } from "../../../src/edge/origin/own-redirects.ts";
import type { ZoneSettings } from "../../../src/zones/settings.ts";
import { zoneDocument } from "../../support/zone-document.ts";

/** What is asked, of whom, and what the zone has set. */
interface Case extends Partial<Pick<ZoneSettings, "query" | "forward" | "origin_host">> {
  method?: string;
  origin?: string;
  /** Who answers, where it is not the origin. */
  instead?: string;
  /** The path at which it has what the zone serves. */
  prefix?: string;
}

function question({
  method = "GET",
  origin = "https://origin.example",
  instead,
  prefix = "",
  ...settings
}: Case): Question {
  return {
    zone: zoneDocument(settings, { origin }),
    hosts: ["zone.rescdn.io", "zone.rescdn.localhost"],
    method,
    pathAndQuery: "/a",
    origin: instead ?? origin,
    prefix,
    host: instead === undefined ? (settings.origin_host ?? null) : null,
  };
}

function led(name: string, value: string, given: Case = {}, status = 302): string | null | "loop" {
  const response = new Response("body", { status, headers: { [name]: value, "x-other": "1" } });
  const answered = withOwnRedirects(response, question(given));
  if (answered === null) return "loop";
  expect([answered.status, answered.headers.get("x-other")]).toEqual([status, "1"]);
  return answered.headers.get(name);
}

describe("withOwnRedirects()", () => {
  it.each<[location: string, own: string, given?: Case]>([
    ["https://origin.example/b", "/b"],
    ["https://origin.example", "/"],
    ["https://ORIGIN.example./b?c=1&d#e", "/b?c=1&d#e"],
    ["http://origin.example/b", "/b"],
    ["https://origin.example:8443/b", "/b"],
    ["https://user:word@origin.example/b", "/b"],
    ["//origin.example/b", "/b"],
    ["https://origin.example/a/", "/a/"],
    ["https://origin.example/a?b", "/a?b"],
    // Read without the host, these would name another.
    ["https://origin.example//evil.example/b", "/.//evil.example/b"],
    ["https://origin.example/\\evil.example/b", "/.//evil.example/b"],
    ["https://shop.example/b", "/b", { origin_host: "shop.example" }],
    ["http://shop.example:8080/b", "/b", { origin_host: "shop.example:9000" }],
    ["https://origin.example/b", "/b", { origin_host: "shop.example" }],
    ["http://127.0.0.1:9001/b", "/b", { origin: "http://127.0.0.1:9000" }],
    ["http://[::1]/b", "/b", { origin: "http://[::1]:9000" }],
    ["https://spare.example/b", "/b", { instead: "https://spare.example" }],
    ["https://origin.example/b", "/b", { instead: "https://spare.example" }],
    ["https://shop.example/b", "/b", { instead: "https://spare.example", origin_host: "shop.example" }],
    ["https://zone.rescdn.io/b", "/b"],
    ["http://zone.rescdn.localhost:8787/b", "/b"],
    // The origin itself sends its client there once more.
    ["https://origin.example/a", "/a"],
    ["https://zone.rescdn.io/a", "/a"],
    ["https://origin.example/a", "/a", { query: "ignore" }],
    // By another method, it is not asked the same.
    ["https://origin.example/a", "/a", { method: "POST", origin: "http://origin.example" }],
  ])("answers %s with %s %j", (location, own, given) => {
    expect(led("location", location, given)).toBe(own);
    expect(new URL(own, "https://zone.rescdn.io/deep/path").host).toBe("zone.rescdn.io");
  });

  it.each<[location: string, given?: Case, status?: number]>([
    ["/b"],
    ["b?c"],
    ["?c"],
    ["#c"],
    [""],
    ["https://other.example/b"],
    ["https://www.origin.example/b"],
    ["https://origin.example.evil.example/b"],
    ["https://origin.example@evil.example/b"],
    ["//other.example/b"],
    ["mailto:a@origin.example"],
    ["ftp://origin.example/b"],
    ["https://[origin.example/"],
    // To the zone it is what was asked: rewritten, it would never end.
    ["https://origin.example/a", { origin: "http://origin.example" }],
    ["https://origin.example/%61#b", { origin: "http://origin.example" }, 301],
    ["http://origin.example/a"],
    ["https://origin.example:8443/a"],
    ["https://origin.example/a", { origin_host: "shop.example", origin: "https://shop-origin.example" }],
    ["https://origin.example/a", { instead: "https://spare.example" }],
    ["https://origin.example/a?b", { query: "ignore" }],
    ["https://origin.example/a?utm=1", { query: ["v"] }],
    ["https://origin.example/a", { origin: "http://origin.example", method: "POST" }, 307],
  ])("leaves %s as it is: %j", (location, given, status) => {
    expect(led("location", location, given, status)).toBe(location);
  });

  it.each<[location: string, given?: Case]>([
    ["http://zone.rescdn.io/a"],
    ["https://zone.rescdn.io/a", { origin: "http://origin.example", origin_host: "zone.rescdn.io" }],
    ["https://zone.rescdn.io/a", { origin: "http://origin.example" }],
    ["https://zone.rescdn.localhost/a?b", { query: "ignore" }],
  ])("finds a loop in %s: %j", (location, given) => {
    expect(led("location", location, given)).toBe("loop");
    // Who shows the origin something of itself may be answered otherwise the next time.
    expect(led("location", location, { ...given, forward: { headers: [], cookies: true, authorization: false } })).toBe(
      location,
    );
    expect(led("location", location, given, 201)).toBe(location);
  });

  it.each([
    ["https://origin.example/b", "/b"],
    ["https://origin.example/a", "/a"],
    ["http://zone.rescdn.io/a", "/a"],
    ["/b", "/b"],
    ["https://other.example/b", "https://other.example/b"],
  ])("answers Content-Location: %s with %s", (reference, own) => {
    expect(led("content-location", reference, {}, 200)).toBe(own);
  });

  it.each([
    ["0; url=https://origin.example/b", "0; url=/b"],
    ["5;URL='https://origin.example/b'", "5;URL=/b"],
    ['5 , "https://origin.example/b" and more', "5 , /b"],
    [" 1.5 https://origin.example/b", "1.5 /b"],
    ["5; url=https://other.example/b", "5; url=https://other.example/b"],
    ["5; url=/b", "5; url=/b"],
    ["5", "5"],
    ["5; url=http://origin.example/a", "5; url=http://origin.example/a"],
    ["5; url=http://zone.rescdn.io/a", "5; url=http://zone.rescdn.io/a"],
  ])("answers Refresh: %s with %s", (value, own) => {
    expect(led("refresh", value, {}, 200)).toBe(own);
  });

  it("keeps the body, and gives back what it need not change", async () => {
    const response = new Response("body", { status: 301, headers: { location: "https://origin.example/b" } });
    expect(await withOwnRedirects(response, question({}))!.text()).toBe("body");
    const other = new Response("body", { headers: { location: "/b" } });
    expect(withOwnRedirects(other, question({}))).toBe(other);
  });
});
