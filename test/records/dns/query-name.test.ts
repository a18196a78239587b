import { describe, expect, it } from "vitest";
import { parseQueryName } from "../../../src/records/dns/query-name.ts";

const TOKEN = `rdbq${"a".repeat(32)}`;
const OTHER = `rdbq${"b".repeat(32)}`;
const zone = "resolvedb.net";
const app = { namespace: "app", version: "v1", shows: false, token: null };

describe("parseQueryName()", () => {
  it.each([
    ["get.config.app.v1", { kind: "get", place: app, key: "config.app.v1" }],
    ["GET.Config.APP.V1", { kind: "get", place: app, key: "config.app.v1" }],
    ["get.settings.config.app.v1", { kind: "get", place: app, key: "settings.config.app.v1" }],
    ["get.a.b.config.app.v12", { kind: "get", place: { ...app, version: "v12" }, key: "a.b.config.app.v12" }],
    ["get.47d6062_-122d3321.weather.app.v1", { kind: "get", place: app, key: "47d6062_-122d3321.weather.app.v1" }],
    ["get.ip-2001-4860-4860--8888.geo.app.v1", { kind: "get", place: app, key: "ip-2001-4860-4860--8888.geo.app.v1" }],
    ["get.USD-EUR.forex.app.v1", { kind: "get", place: app, key: "usd-eur.forex.app.v1" }],
    ["get.b64-c2V0dGluZ3M.config.app.v1", { kind: "get", place: app, key: "settings.config.app.v1" }],
    ["get.HEX-73657474696e6773.config.app.v1", { kind: "get", place: app, key: "settings.config.app.v1" }],
    ["get.b32-ONSXI5DJNZTXG.config.app.v1", { kind: "get", place: app, key: "settings.config.app.v1" }],
    ["get.B32-onsXI5djnZTxg.config.app.v1", { kind: "get", place: app, key: "settings.config.app.v1" }],
    ["info.config.app.v1", { kind: "info", place: app, key: "config.app.v1" }],
    ["list.app.v1", { kind: "list", place: app, below: null }],
    ["list.config.app.v1", { kind: "list", place: app, below: "config" }],
    ["list.b.config.app.v1", { kind: "list", place: app, below: "b.config" }],
    ["search.set.app.v1", { kind: "search", place: app, text: "set", resource: null }],
    ["search.set.config.app.v1", { kind: "search", place: app, text: "set", resource: "config" }],
    ["health", { kind: "health" }],
    ["health.system.v1", { kind: "health" }],
    ["Health.anything", { kind: "health" }],
  ])("%s", (name, expected) => {
    expect(parseQueryName(`${name}.resolvedb.net`)).toEqual({ ...expected, zone });
  });

  it.each([
    ["straight after the operation", `get.auth-${TOKEN}.config.app.v1`, TOKEN],
    ["in any case", `get.AUTH-${TOKEN.toUpperCase()}.config.app.v1`, TOKEN],
    ["among credentials of other kinds", `get.sig-${"0".repeat(32)}-t-1.bdt-ff.auth-${TOKEN}.config.app.v1`, TOKEN],
    ["the first of two", `get.auth-${TOKEN}.auth-${OTHER}.config.app.v1`, TOKEN],
    ["none by a client's HMAC", `get.auth-${"0".repeat(32)}-t-1700000000.config.app.v1`, null],
    ["none where it is no token", "get.auth-eyJhbGciOiJFZDI1NTE5In0.config.app.v1", null],
  ])("reads a query token: %s", (_what, name, token) => {
    expect(parseQueryName(`${name}.resolvedb.net`)).toEqual({
      kind: "get",
      zone,
      place: { ...app, shows: true, token },
      key: "config.app.v1",
    });
  });

  it.each([
    [`list.auth-${TOKEN}.app.v1`, { kind: "list", below: null }],
    [`list.auth-${TOKEN}.config.app.v1`, { kind: "list", below: "config" }],
    [`search.auth-${TOKEN}.set.app.v1`, { kind: "search", text: "set" }],
  ])("reads a query token for lists: %s", (name, expected) => {
    expect(parseQueryName(`${name}.resolvedb.net`)).toMatchObject({ ...expected, place: { token: TOKEN } });
  });

  it("takes no label for a token that the operation needs", () => {
    const service = { kind: "get", zone, place: app, key: "auth-service.app.v1" };
    expect(parseQueryName("get.auth-service.app.v1.resolvedb.net")).toEqual(service);
  });

  it("takes a label that only looks like a token further on for a part of the key", () => {
    expect(parseQueryName("get.a.auth-x.config.app.v1.resolvedb.net")).toMatchObject({ key: "a.auth-x.config.app.v1" });
  });

  it.each(["com", "net", "org", "io"])("knows the apex of resolvedb.%s", (tld) => {
    expect(parseQueryName(`ResolveDB.${tld}`)).toEqual({ kind: "apex", zone: `resolvedb.${tld}` });
    expect(parseQueryName(`get.config.app.v1.resolvedb.${tld}`)).toMatchObject({
      kind: "get",
      zone: `resolvedb.${tld}`,
    });
  });

  it.each([
    "",
    "net",
    "example.com",
    "resolvedb.dev",
    "get.config.app.v1.notresolvedb.net",
    "resolvedb.net.example.com",
  ])("%j is outside", (name) => {
    expect(parseQueryName(name)).toEqual({ kind: "outside" });
  });

  it.each([
    ["v1", "E001"],
    ["app.v1", "E001"],
    ["get.app.v1", "E001"],
    ["info.app.v1", "E001"],
    ["search.app.v1", "E001"],
    ["search.a.b.config.app.v1", "E001"],
    ["get.con*fig.app.v1", "E001"],
    ["get.config.a:b.v1", "E001"],
    ["get.config.app.latest", "E002"],
    ["get.config.app.v", "E002"],
    ["put.config.app.v1", "E002"],
    ["delete.config.app.v1", "E002"],
    ["watch.config.app.v1", "E002"],
    ["geoip.ip-8-8-8-8.public.v1", "E002"],
    ["constructor.config.app.v1", "E002"],
    ["get.hex-zz.config.app.v1", "E003"],
    ["get.hex-7.config.app.v1", "E003"],
    ["get.hex-.config.app.v1", "E003"],
    ["get.b64-a.config.app.v1", "E003"],
    ["get.b32-.config.app.v1", "E003"],
    ["get.b32-onsxi5djnztx1.config.app.v1", "E003"],
    ["get.b32-onsxi5djnztxh.config.app.v1", "E003"],
    ["get.b32-onsxi5djnztxga.config.app.v1", "E003"],
    ["get.b64-eyJsYXQiOjF9.weather.app.v1", "E003"],
    ["get.b64-YS5i.config.app.v1", "E003"],
  ])("%s is invalid: %s", (name, code) => {
    expect(parseQueryName(`${name}.resolvedb.net`)).toEqual({ kind: "invalid", zone, code });
  });

  it.each(["a\\046b.config.app.v1", "get.\\000.app.v1", "get.config.\\195\\188.v1"])("%s is impossible", (name) => {
    expect(parseQueryName(`${name}.resolvedb.net`)).toEqual({ kind: "impossible", zone });
  });
});
