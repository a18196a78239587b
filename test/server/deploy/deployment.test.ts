import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { newKeyring } from "../../../src/secrets/keyring.ts";
import { breakingStatements } from "../../../src/server/deploy/breaking-statements.ts";
import { leftByHand } from "../../../src/server/deploy/by-hand.ts";
import { routesOf, settle } from "../../../src/server/deploy/deployment.ts";
import { migrationsToApply } from "../../../src/server/deploy/migrations-to-apply.ts";
import { readOptions } from "../../../src/server/deploy/options.ts";
import { newSecrets } from "../../../src/server/deploy/secrets.ts";

const FILE = {
  EDGE_DOMAINS: "rescdn.io",
  API_HOSTS: "api.rescdn.io",
  RECORDS_HOSTS: "api.resolvedb.io dns.resolvedb.io",
  DASHBOARD_HOST: "",
  NAME_SERVERS: "ns1.resolvedb.io",
};
const settled = (said: Record<string, string>, running: Record<string, string> = {}) =>
  settle("rescdn", said, running, FILE);

describe("settle()", () => {
  it("takes what was said before what runs, and that before the file", () => {
    expect(settled({}).vars).toMatchObject({ EDGE_DOMAINS: "rescdn.io", API_HOSTS: "api.rescdn.io" });
    const running = { EDGE_DOMAINS: "one.example", API_HOSTS: "api.one.example", SIGN_UP: "open", ELSEWHERE: "x" };
    expect(settled({}, running).vars).toMatchObject({ EDGE_DOMAINS: "one.example", SIGN_UP: "open" });
    expect(settled({}, running).vars).not.toHaveProperty("ELSEWHERE");
    expect(settled({ SIGN_UP: "invited" }, running).vars.SIGN_UP).toBe("invited");
    expect(settled({ SIGN_UP: "" }, running).vars).not.toHaveProperty("SIGN_UP");
  });

  it("gives another domain hosts of its own, not those of the file", () => {
    const { vars, apiHost } = settled({ EDGE_DOMAINS: "cdn-example.net" });
    expect(apiHost).toBe("api.cdn-example.net");
    expect(vars.RECORDS_HOSTS).toBe("");
  });

  it.each([
    [{ DASHBOARD_HOST: "x.rescdn.io" }, "below the edge domain"],
    [{ EDGE_DOMAINS: "cdn.example.com", DASHBOARD_HOST: "dash.example.com" }, "one site to browsers"],
    [{ EDGE_DOMAINS: "cdn-example.net rescdn.localhost" }, "a name that only one machine knows"],
    [{ EDGE_DOMAINS: "https://cdn-example.net" }, "EDGE_DOMAINS"],
    [{ SIGN_UP: "maybe" }, "SIGN_UP"],
    [{ SIGN_UPP: "open" }, "knows no variable SIGN_UPP"],
  ])("refuses %j", (said, sentence) => {
    expect(() => settled(said)).toThrow(sentence);
  });
});

describe("routesOf()", () => {
  it("leads all of the domain's zone to the Worker, since custom hostnames match nothing else, and each other host once", () => {
    const { vars } = settled({ DASHBOARD_HOST: "dash.example.com" });
    expect(routesOf({ vars })).toEqual([
      { pattern: "*/*", zone_name: "rescdn.io" },
      { pattern: "api.resolvedb.io/*", zone_name: "resolvedb.io" },
      { pattern: "dns.resolvedb.io/*", zone_name: "resolvedb.io" },
      { pattern: "dash.example.com/*", zone_name: "example.com" },
    ]);
  });

  it("takes no more of a zone that holds the domain than what is below it", () => {
    const { vars } = settled({ EDGE_DOMAINS: "cdn.example.co.uk" });
    expect(routesOf({ vars })).toEqual([{ pattern: "*.cdn.example.co.uk/*", zone_name: "example.co.uk" }]);
  });
});

describe("leftByHand()", () => {
  it("has exact values for records, certificates, mail and exclusions", () => {
    const said = {
      EDGE_DOMAINS: "cdn.example.co.uk",
      DASHBOARD_HOST: "dash.example.com",
      MAIL_FROM: "no-reply@example.com",
    };
    const text = leftByHand(settled(said), ["www.cdn.example.co.uk"]).join("\n");
    expect(text).toContain("example.co.uk: AAAA  *.cdn.example.co.uk  100::  proxied");
    expect(text).toContain("example.com: AAAA  dash.example.com  100::  proxied");
    expect(text).toContain("order (SSL/TLS, Edge Certificates, Advanced) for *.cdn.example.co.uk:");
    expect(text).toContain("onboard example.com under Email Sending");
    expect(text).toContain("www.cdn.example.co.uk/*");
    expect(leftByHand(settled({}), []).join("\n")).toContain(
      "Universal SSL of rescdn.io and resolvedb.io covers these names",
    );
  });
});

describe("newSecrets()", () => {
  const names = ["SECRETS_KEY", "ADMIN_TOKEN", "SIGN_IN_SECRET"] as const;

  it("makes what is missing and nothing that is set", () => {
    expect(newSecrets([], {}, false, false).map(({ name }) => name)).toEqual(names);
    expect(newSecrets(["SECRETS_KEY", "ADMIN_TOKEN"], {}, true, false).map(({ name }) => name)).toEqual([
      "SIGN_IN_SECRET",
    ]);
    expect(newSecrets(names, { SECRETS_KEY: newKeyring() }, true, true)).toEqual([]);
  });

  it("takes what the environment has, and shows that to nobody", () => {
    const keyring = newKeyring();
    const [made] = newSecrets([], { SECRETS_KEY: keyring }, true, false);
    expect(made).toEqual({ name: "SECRETS_KEY", value: keyring, keep: null });
    expect(() => newSecrets([], { SECRETS_KEY: "none" }, false, false)).toThrow(
      "SECRETS_KEY must be one or more id:key",
    );
    expect(() => newSecrets([], { ADMIN_TOKEN: "short" }, false, false)).toThrow("ADMIN_TOKEN");
  });

  it("makes no second keyring for a database with accounts, unless the first is lost", () => {
    expect(() => newSecrets([], {}, true, false)).toThrow("--new-keyring");
    expect(newSecrets([], {}, true, true)).toHaveLength(3);
  });
});

describe("migrationsToApply()", () => {
  const folder = mkdtempSync(join(tmpdir(), "rescdn-migrations-"));
  writeFileSync(join(folder, "0001_first.sql"), "CREATE TABLE zones (name TEXT);");
  writeFileSync(join(folder, "0002_second.sql"), "DROP TABLE zones;");
  afterAll(() => rmSync(folder, { recursive: true }));
  const missing = (applied: string[] | null, version: string | null = "v1", mayBreak = false) => {
    const nothing = { vars: {}, secrets: [], buckets: [], hasAccounts: false, namespaces: {} };
    return migrationsToApply(folder, { ...nothing, applied, version }, mayBreak);
  };

  it("names those that the database has not had: all of a new one's, whatever they do", async () => {
    expect(await missing(null, null)).toEqual(["0001_first.sql", "0002_second.sql"]);
    expect(await missing(["0001_first.sql", "0002_second.sql"])).toEqual([]);
  });

  it("refuses one that the running version may not survive, unless that is allowed", async () => {
    await expect(missing(["0001_first.sql"])).rejects.toThrow("0002_second.sql: DROP TABLE zones");
    expect(await missing(["0001_first.sql"], "v1", true)).toEqual(["0002_second.sql"]);
  });

  it("refuses a database that is newer than the clone", async () => {
    await expect(missing(["0001_first.sql", "9999_later.sql"])).rejects.toThrow("9999_later.sql");
  });
});

describe("breakingStatements()", () => {
  it.each([
    "DROP TABLE purges",
    "ALTER TABLE zones DROP COLUMN name",
    "ALTER TABLE zones RENAME TO areas",
    "ALTER TABLE zones RENAME COLUMN name TO label",
    "-- why\nCREATE UNIQUE INDEX one ON zones (name)",
    "CREATE TRIGGER t BEFORE INSERT ON zones BEGIN SELECT RAISE(ABORT, 'no'); END",
  ])("finds %s", (sql) => {
    expect(breakingStatements([sql])).toEqual([sql]);
  });

  it.each([
    "CREATE TABLE a (b TEXT)",
    "ALTER TABLE zones ADD COLUMN note TEXT",
    "CREATE INDEX one ON zones (name)",
    "DROP INDEX one",
    "-- DROP TABLE zones\nUPDATE zones SET name = name",
  ])("lets %s pass", (sql) => {
    expect(breakingStatements([sql])).toEqual([]);
  });

  it("lets what a migration has made itself be changed by it", () => {
    const made = [
      "CREATE TABLE new_zones (a TEXT)",
      "CREATE UNIQUE INDEX u ON new_zones (a)",
      "ALTER TABLE new_zones RENAME TO zones2",
    ];
    expect(breakingStatements([...made, "CREATE UNIQUE INDEX v ON zones2 (a)"])).toEqual([]);
    expect(breakingStatements([...made, "DROP TABLE zones"])).toEqual(["DROP TABLE zones"]);
  });
});

describe("readOptions()", () => {
  it.each([
    [["--domain"], "domain"],
    [["--unknown"], "--unknown"],
    [["--var", "lower=x"], "not NAME=VALUE"],
    [["--var", "ADMIN_TOKEN=x"], "is a secret"],
    [["--asset", "logo.svg"], "not a URL"],
  ])("refuses %j with a sentence", (args, sentence) => {
    expect(() => readOptions(args)).toThrow(sentence);
  });
});
