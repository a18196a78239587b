import { describe, expect, it } from "vitest";
import { PROOF_PATH, storeOrigin, surfaceOf } from "../src/hosts.ts";
import type { Settings } from "../src/settings.ts";

const settings = {
  edgeDomains: ["rescdn.io", "rescdn.localhost"],
  apiHosts: new Set(["api.rescdn.io", "localhost", "127.0.0.1", "[::1]"]),
  recordsHosts: new Set(["api.resolvedb.io", "dns.resolvedb.io"]),
  dashboardHost: "localhost",
} satisfies Partial<Settings>;
const edge = (zone: string) => ({ kind: "edge", zone });
const api = { kind: "api" };
const records = { kind: "records" };
const dns = { kind: "dns" };
const dashboard = { kind: "dashboard" };
const unknown = { kind: "unknown" };
const own = (hostname: string) => ({ kind: "hostname", hostname });

describe("surfaceOf()", () => {
  it.each([
    ["my-assets.rescdn.io", edge("my-assets")],
    ["my-assets.rescdn.io.", edge("my-assets")],
    ["demo.rescdn.localhost", edge("demo")],
    ["api.rescdn.io", api],
    ["api.rescdn.io.", api],
    ["localhost", dashboard],
    ["127.0.0.1", api],
    ["[::1]", api],
    ["rescdn.io", unknown],
    ["a.b.rescdn.io", unknown],
    [".rescdn.io", unknown],
    ["evilrescdn.io", own("evilrescdn.io")],
    ["my-assets.rescdn.io.evil.example", own("my-assets.rescdn.io.evil.example")],
    ["cdn.example.com.", own("cdn.example.com")],
    ["resolvedb.io", own("resolvedb.io")],
    ["", own("")],
    [new URL(storeOrigin(settings)).hostname, unknown],
    [`${new URL(storeOrigin(settings)).hostname}.`, unknown],
  ])("%s", (hostname, surface) => {
    expect(surfaceOf({ hostname, pathname: "/" }, settings)).toEqual(surface);
  });

  it.each([
    ["api.rescdn.io", "/dns-query", dns],
    ["localhost", "/resolve", dns],
    ["api.rescdn.io", "/v1/zones", api],
    ["dns.resolvedb.io", "/dns-query", dns],
    ["dns.resolvedb.io.", "/resolve", dns],
    ["api.rescdn.io", "/api/v1/records", records],
    ["api.rescdn.io", "/api/v1x", api],
    ["api.resolvedb.io", "/api/v1/records", records],
    ["api.resolvedb.io", "/api/v1", records],
    ["api.resolvedb.io", "/health", api],
    ["api.resolvedb.io", "/docs/assets/style.css", api],
    ["api.resolvedb.io", "/openapi.json", api],
    ["api.resolvedb.io", "/", records],
    ["api.resolvedb.io", "/v1/zones", unknown],
    ["api.resolvedb.io", "/admin/accounts", unknown],
    ["api.resolvedb.io", "/api/v1x", unknown],
    ["api.resolvedb.io", "/healthy", unknown],
    ["api.resolvedb.io", "/dns-query/", unknown],
    ["demo.rescdn.io", "/dns-query", edge("demo")],
    ["elsewhere.example", "/resolve", own("elsewhere.example")],
    ["elsewhere.example", PROOF_PATH, unknown],
    ["demo.rescdn.io", PROOF_PATH, unknown],
    ["demo.rescdn.io", `${PROOF_PATH}/x`, edge("demo")],
    ["localhost", "/zones/demo", dashboard],
    ["localhost", "/docs/", api],
    ["localhost", "/v1", api],
    ["localhost", "/v1x", dashboard],
    ["localhost", "/api/v1/records", records],
    ["api.rescdn.io", "/zones/demo", api],
  ])("%s%s", (hostname, pathname, surface) => {
    expect(surfaceOf({ hostname, pathname }, settings)).toEqual(surface);
  });
});
