import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyMigrations, migrationsIn } from "../../src/server/apply-migrations.ts";
import { localBatch } from "../../src/server/database-batch.ts";
import { projectRoot } from "../../src/server/project.ts";
import { takeBackMigrations } from "../../src/server/take-back-migrations.ts";

const FOLDER = join(projectRoot, "src/db");
const temporary = mkdtempSync(join(tmpdir(), "rescdn-migrations-"));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

let files = 0;
const newFile = () => join(temporary, `${++files}.sqlite`);

function query(file: string, sql: string): Record<string, unknown>[] {
  using database = new DatabaseSync(file);
  return database
    .prepare(sql)
    .all()
    .map((row) => ({ ...row }));
}

/** Columns, keys and indexes of each table: what SQLite keeps as text differs by how it was made. */
function schemaOf(file: string) {
  const tables = query(
    file,
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
  );
  return tables.map(({ name }) => ({
    name,
    columns: query(
      file,
      `SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_xinfo('${name}') ORDER BY name`,
    ),
    keys: query(file, `SELECT "from", "table", "to" FROM pragma_foreign_key_list('${name}') ORDER BY 1`),
    indexes: query(
      file,
      `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = '${name}' ORDER BY name`,
    ),
    isStrict: query(file, `SELECT strict, wr FROM pragma_table_list WHERE name = '${name}'`),
  }));
}

/** A row of each table, with something in what each migration has brought. */
const DATA = `
INSERT INTO accounts (id, name, email, plan, created_at, state, suspended_for, requests_cap, revision)
VALUES ('acct_1', 'Acme', 'ops@acme.example', 'pro', 1, 'suspended', 'unpaid', 5, 3), ('acct_2', 'B', 'b@b.example', 'free', 2, 'active', NULL, NULL, 0);
INSERT INTO api_keys (id, account_id, product, mode, hash, prefix, name, scopes, created_at, zones, last_used_at, counted_as)
VALUES ('key_1', 'acct_1', 'rescdn', 'live', 'h1', 'p', 'all', 'purge', 1, NULL, 9, NULL),
       ('key_2', 'acct_1', 'rescdn', 'live', 'h2', 'p', 'some', 'purge', 2, '["zone_1"]', NULL, 'key_1');
INSERT INTO zones (id, account_id, name, mode, origin, settings, state, version, created_at, updated_at, revision)
VALUES ('zone_1', 'acct_1', 'one', 'live', 'https://a.example', '{"negative_ttl":1}', 'active', 7, 1, 1, 4);
INSERT INTO purges (zone_id, version, kind, value, id, account_id, soft, at, created_by)
VALUES ('zone_1', 5, 'path', '/a', 'purge_1', 'acct_1', 0, 1, 'key_1'), ('zone_1', 7, 'everything', '', 'purge_2', 'acct_1', 0, 2, 'operator');
INSERT INTO audit_log (id, account_id, mode, at, actor, action, target, request_id, number, place)
VALUES ('audit_1', 'acct_1', 'live', 1, 'key_1', 'zone.create', 'zone_1', 'req_1', 1, 1), ('audit_2', 'acct_1', 'live', 2, 'key_1', 'zone.update', 'zone_1', 'req_2', 2, 2);
INSERT INTO idempotency_keys (api_key_id, key, fingerprint, created_at, account_id) VALUES ('key_1', 'k', 'f', 1, 'acct_1');
INSERT INTO pops (pop, seen_at) VALUES ('AMS', 1);
INSERT INTO namespaces (name, account_id, visibility, revision, created_at, updated_at, state)
VALUES ('app', 'acct_1', 'private', 2, 1, 1, 'active'), ('old', 'acct_1', 'public', 2, 1, 1, 'deleted');
INSERT INTO records (id, account_id, key, namespace, resource, version, data, ttl, state, revision, created_at, updated_at)
VALUES ('rec_1', 'acct_1', 'config.app.v1', 'app', 'config', 'v1', 'e30=', 60, 'active', 3, 1, 1);
INSERT INTO query_tokens (id, namespace, hash, prefix, name, created_at) VALUES ('qtok_1', 'app', 'h', 'p', 'servers', 1);
INSERT INTO webhooks (id, account_id, url, events, state, secret, created_at, updated_at)
VALUES ('hook_1', 'acct_1', 'https://h.example', '[]', 'enabled', 'whsec_s', 1, 1);
INSERT INTO webhook_events (id, account_id, type, created_at) VALUES ('evt_1', 'acct_1', 'x', 1);
INSERT INTO webhook_deliveries (webhook_id, event_id, state, created_at) VALUES ('hook_1', 'evt_1', 'pending', 1);
INSERT INTO takedowns (id, account_id, zone, kind, value, reference, created_at) VALUES ('take_1', 'acct_1', 'one', 'path', '/a', 'DSA-1', 1);
INSERT INTO version_floor (id, floor) VALUES (1, 5);`;

const migrations = await migrationsIn(FOLDER);
const numbers = migrations.map((name) => name.slice(0, 4));

/** A database with all migrations, made once, and one that goes up with the tests, from number to number. */
const ofToday = newFile();
const forward = newFile();
beforeAll(() => applyMigrations(localBatch(ofToday), FOLDER));

function filled(): string {
  const file = newFile();
  copyFileSync(ofToday, file);
  using database = new DatabaseSync(file);
  database.exec(DATA);
  return file;
}

describe("the way back of a migration", () => {
  it("is written for each but the first, and for no other", async () => {
    expect(await readdir(join(FOLDER, "back"))).toEqual(migrations.slice(1));
  });

  it.each(numbers.slice(0, -1))(
    "to %s leaves the schema that was there, and up again that of today, with the data that is older",
    async (number) => {
      const file = filled();
      const upTo = join(temporary, `up-to-${number}`);
      await cp(FOLDER, upTo, {
        recursive: true,
        filter: (path) => !/\d{4}_\w+\.sql$/.test(path) || path.replace(/^.*\//, "").slice(0, 4) <= number,
      });
      await applyMigrations(localBatch(forward), upTo);
      const taken = await takeBackMigrations(localBatch(file), FOLDER, number, true);
      expect(taken).toEqual(migrations.filter((name) => name.slice(0, 4) > number).reverse());
      expect(schemaOf(file)).toEqual(schemaOf(forward));
      expect(query(file, "SELECT name FROM d1_migrations ORDER BY id")).toEqual(
        query(forward, "SELECT name FROM d1_migrations ORDER BY id"),
      );

      await applyMigrations(localBatch(file), FOLDER);
      expect(schemaOf(file)).toEqual(schemaOf(ofToday));
      expect(query(file, "PRAGMA foreign_key_check")).toEqual([]);
      expect(query(file, "SELECT id, name, version, settings FROM zones")).toEqual([
        { id: "zone_1", name: "one", version: 7, settings: '{"negative_ttl":1}' },
      ]);
      expect(query(file, "SELECT id, email, plan FROM accounts ORDER BY id")).toEqual([
        { id: "acct_1", email: "ops@acme.example", plan: "pro" },
        { id: "acct_2", email: "b@b.example", plan: "free" },
      ]);
      // What was purged stays purged, whoever asked for it.
      expect(query(file, "SELECT version, kind, value FROM purges ORDER BY version")).toEqual([
        { version: 5, kind: "path", value: "/a" },
        { version: 7, kind: "everything", value: "" },
      ]);
      if (number >= "0002")
        expect(query(file, "SELECT id, number, place FROM audit_log ORDER BY id")).toEqual([
          { id: "audit_1", number: 1, place: 1 },
          { id: "audit_2", number: 2, place: 2 },
        ]);
      const restricted = query(file, "SELECT zones, revoked_at IS NULL AS usable FROM api_keys WHERE id = 'key_2'");
      expect(restricted).toEqual([number >= "0002" ? { zones: '["zone_1"]', usable: 1 } : { zones: null, usable: 0 }]);
      if (number >= "0004")
        expect(query(file, "SELECT key, data, revision FROM records")).toEqual([
          { key: "config.app.v1", data: "e30=", revision: 3 },
        ]);
      if (number >= "0006")
        expect(query(file, "SELECT id, secret FROM webhooks")).toEqual([{ id: "hook_1", secret: "whsec_s" }]);
      if (number >= "0007")
        expect(query(file, "SELECT state FROM namespaces WHERE name = 'old'")).toEqual([{ state: "deleted" }]);
      if (number >= "0010") expect(query(file, "SELECT reference FROM takedowns")).toEqual([{ reference: "DSA-1" }]);
    },
  );

  it("is not gone where data would be lost, which is said, until that is allowed", async () => {
    const file = filled();
    const before = schemaOf(file);
    await expect(takeBackMigrations(localBatch(file), FOLDER, "0009", false)).rejects.toThrow(
      "nothing was changed, since this would be lost:\n" +
        "- 1 × that a restore was made: names that it took away may stay unknown to readers when they are taken anew\n" +
        "- 1 × takedowns: what they block is served again\n" +
        "- 1 × suspensions: what these accounts have is served again\n" +
        "- 1 × caps of monthly quotas, and what is to happen beyond them\n" +
        "Take a backup (npm run backup), then add --lose-data",
    );
    expect(schemaOf(file)).toEqual(before);
  });

  it("is gone at once where nothing would be lost", async () => {
    const file = newFile();
    await applyMigrations(localBatch(file), FOLDER);
    expect(await takeBackMigrations(localBatch(file), FOLDER, "0001", false)).toEqual(migrations.slice(1).reverse());
  });

  it("leads to a number that there is", async () => {
    const file = filled();
    await expect(takeBackMigrations(localBatch(file), FOLDER, "9", true)).rejects.toThrow(/^there is no migration 9: /);
    await expect(takeBackMigrations(localBatch(file), FOLDER, "0000", true)).rejects.toThrow(
      /^there is no migration 0000: /,
    );
  });
});

describe("a migration", () => {
  it("that fails is named, and leaves nothing of itself behind", async () => {
    const folder = join(temporary, "failing");
    await cp(FOLDER, folder, { recursive: true });
    writeFileSync(join(folder, "9999_failing.sql"), "CREATE TABLE half (x);\nCREATE TABLE zones (x);\n");
    const file = newFile();
    await expect(applyMigrations(localBatch(file), folder)).rejects.toThrow(
      "the migration 9999_failing.sql could not be applied, and has changed nothing: table zones already exists",
    );
    expect(schemaOf(file).map(({ name }) => name)).not.toContain("half");
  });

  it("that this version does not know keeps it from the database, and is named", async () => {
    const file = filled();
    query(file, "INSERT INTO d1_migrations (name) VALUES ('9998_newer.sql'), ('9999_newest.sql') RETURNING id");
    await expect(applyMigrations(localBatch(file), FOLDER)).rejects.toThrow(
      `the database is newer than this version, which knows migrations up to ${migrations.at(-1)}: it needs one that ` +
        `has 9999_newest.sql. Start that version, or use it to take the database back: npm run migrate -- --back-to ${numbers.at(-1)}`,
    );
  });
});
