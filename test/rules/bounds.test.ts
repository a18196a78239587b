import { describe, expect, it } from "vitest";
import { BOUNDS } from "../../src/db/bounds.ts";
import { projectFiles, read } from "./source-files.ts";

/** The tables that some SQL leaves behind. */
function tablesOf(sql: string, tables = new Set<string>()): Set<string> {
  const statements =
    /\b(CREATE TABLE(?: IF NOT EXISTS)?|DROP TABLE(?: IF EXISTS)?|ALTER TABLE) ([^\s(;]+)(?: RENAME TO (\w+))?/gi;
  for (const [, verb, name = "", renamed] of sql.replace(/--.*$/gm, "").matchAll(statements)) {
    if (/^create/i.test(verb!)) tables.add(name);
    else if (/^drop/i.test(verb!)) tables.delete(name);
    else if (renamed !== undefined) {
      tables.delete(name);
      tables.add(renamed);
    }
  }
  return tables;
}

describe("tablesOf()", () => {
  it("follows tables from their creation", () => {
    const sql =
      "CREATE TABLE a (x);\n-- CREATE TABLE no (x)\nCREATE TABLE b(x); DROP TABLE a; ALTER TABLE b RENAME TO c;";
    expect([...tablesOf(sql)]).toEqual(["c"]);
    expect([...tablesOf("CREATE TABLE IF NOT EXISTS t (x); ALTER TABLE t ADD COLUMN y")]).toEqual(["t"]);
  });
});

describe("the list of bounds", () => {
  const files = projectFiles().sort();
  const migrations = files.filter((path) => /^src\/db\/[^/]*\.sql$/.test(path)).map(read);
  const sources = files.filter((path) => /^src\/.*\.ts$/.test(path) && !path.startsWith("src/server/"));
  const inObjects = sources.flatMap((path) => [...tablesOf(read(path))]);

  it("has every table of the migrations and of the Durable Objects, and no other", () => {
    const tables = [...tablesOf(migrations.join("\n")), ...inObjects];
    expect(tables.length).toBeGreaterThan(15);
    expect(Object.keys(BOUNDS).sort()).toEqual(tables.sort());
  });

  it("gives each table a number of rows for every plan, or days after which they go, or has the operator decide", () => {
    const unbounded = Object.entries(BOUNDS).filter(([table, { rows, days }]) => {
      const everywhere = typeof rows === "number" || Object.values(rows).every((of) => of !== null);
      return !everywhere && days === null && table !== "accounts" && table !== "people";
    });
    // The contract has no limit for an enterprise's records.
    expect(unbounded.map(([table]) => table)).toEqual(["records"]);
  });
});
