import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { readBackup } from "../../src/server/backup-file.ts";
import { placeBackup } from "../../src/server/restore-folder.ts";
import { stateFiles } from "../../src/server/state-files.ts";
import { ADMIN_TOKEN, type Keys, newAccount } from "./new-account.ts";
import { request } from "./request.ts";
import { callCommand, runCommand } from "./restore/call-command.ts";
import { type ServeFailed, type ServeProcess, startServe, stopServers } from "./serve-process.ts";

const folder = mkdtempSync(join(tmpdir(), "rescdn-backup-"));
const stateDir = join(folder, "state");
const backup = join(folder, "one.backup");
const env = { STATE_DIR: stateDir, ADMIN_TOKEN, ALLOW_PRIVATE_ORIGINS: "true" };
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(stopServers);

let keys: Keys;
let keyId: string;

const api = (server: ServeProcess, method: string, path: string, body?: unknown) =>
  request(server.port, "api.rescdn.localhost", path, { method, headers: { "X-ResCDN-Key": keys.live }, body });
const newZone = (server: ServeProcess, name: string) =>
  api(server, "POST", "/v1/zones", { name, origin: "https://origin.example.com" });

/** Why a command refuses; it must. */
async function refusal(...args: Parameters<typeof runCommand>): Promise<string> {
  const { code, stderr } = await runCommand(...args);
  expect(code, stderr).toBe(1);
  return stderr.trim();
}

/** Runs until the first test ends it. */
let first: ServeProcess;

beforeAll(async () => {
  const server = await startServe(env);
  first = server;
  keys = await newAccount(server.port);
  expect((await newZone(server, "kept")).status).toBe(201);
  for (let i = 0; i < 3; i++) await request(server.port, "kept.rescdn.localhost", "/a.css", { method: "OPTIONS" });
  const made = await api(server, "POST", "/v1/keys", { name: "CI", scopes: ["purge"] });
  keyId = (JSON.parse(made.body) as { id: string }).id;
  await callCommand("backup", [backup], env);
  expect((await api(server, "DELETE", `/v1/keys/${keyId}`)).status).toBe(204);
  expect((await newZone(server, "later")).status).toBe(201);
});

describe("npm run restore, while a server runs,", { timeout: 300_000 }, () => {
  it("leaves the folder of a server that runs alone", async () => {
    expect(await refusal("restore", [backup], env)).toBe(
      `another server keeps its state in ${stateDir}: stop it, or choose another folder with STATE_DIR`,
    );
    expect((await request(first.port, "later.rescdn.localhost", "/")).status).not.toBe(404);
    await first.stop();
  });
});

describe("npm run backup", { timeout: 300_000 }, () => {
  it("writes one file that only its user may read, and leaves nothing else behind", () => {
    expect(statSync(backup).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(["one.backup", "state"]);
    using database = new DatabaseSync(backup, { readOnly: true });
    expect(database.prepare("SELECT name FROM zones").all()).toEqual([{ name: "kept" }]);
  });

  it("overwrites no file, and says what it lacks", async () => {
    expect(await refusal("backup", [backup], env)).toBe(`${backup} already exists: name another file`);
    const nowhere = join(folder, "nowhere");
    expect(await refusal("backup", [join(nowhere, "x.backup")], env)).toBe(
      `${nowhere} is not a folder that you may write to`,
    );
    const empty = { ...env, STATE_DIR: join(folder, "empty") };
    expect(await refusal("backup", [join(folder, "two.backup")], empty)).toMatch(/^there is nothing to back up: /);
  });
});

describe("npm run restore", { timeout: 300_000 }, () => {
  it("refuses what is no backup, is damaged, or is of a newer version, before it touches anything", async () => {
    const before = readFileSync(stateFiles(stateDir).database);
    const text = join(folder, "text");
    writeFileSync(text, "something else\n".repeat(100));
    const other = join(folder, "other.sqlite");
    new DatabaseSync(other).exec("CREATE TABLE t (x)");
    const cut = join(folder, "cut.backup");
    writeFileSync(cut, readFileSync(backup).subarray(0, 100_000));
    const newer = join(folder, "newer.backup");
    writeFileSync(newer, readFileSync(backup));
    new DatabaseSync(newer).exec("INSERT INTO d1_migrations (name) VALUES ('9999_newer.sql')");
    for (const [file, sentence] of [
      [join(folder, "missing"), /^there is no file .*missing$/],
      [folder, /is not a backup of ResCDN: npm run backup makes them$/],
      [text, /is not a backup of ResCDN: npm run backup makes them$/],
      [other, /is not a backup of ResCDN: npm run backup makes them$/],
      [cut, /is damaged, and nothing was touched: .*\. Use an earlier backup$/],
      [newer, /is from a newer version than this one: restore it with a version that has 9999_newer\.sql$/],
    ] as const)
      expect(() => readBackup(file, known())).toThrow(sentence);
    expect(await refusal("restore", [text], env)).toBe(`${text} is not a backup of ResCDN: npm run backup makes them`);
    expect(await refusal("restore", [], env)).toMatch(/^npm run restore -- <backup>\n/);
    expect(readFileSync(stateFiles(stateDir).database).equals(before)).toBe(true);
    for (const file of [text, other, cut, newer]) rmSync(file);
  });

  it("says which keys work again, keeps what was there before, and can be undone with that", async () => {
    const said = await callCommand("restore", [backup], env);
    expect(said).toContain(`1 API keys that were revoked since work again: revoke them again: ${keyId} "CI" of acct_`);
    expect(said).toContain("  1 not served any more: later\n");
    const before = /what was there before is kept, with its secrets: (.*)\n/.exec(said)?.[1] ?? "";
    expect(statSync(before).mode & 0o777).toBe(0o600);
    let server = await startServe(env);
    expect((await request(server.port, "later.rescdn.localhost", "/")).status).toBe(404);
    await server.stop();
    expect(await callCommand("restore", [before], env)).toContain("  1 served again: later\n");
    server = await startServe(env);
    expect((await request(server.port, "later.rescdn.localhost", "/")).status).not.toBe(404);
    await server.stop();
  });

  it("brings everything to another machine, usage as well, where no older version starts on it later", async () => {
    const moved = join(folder, "moved.backup");
    await callCommand("backup", [moved], env);
    const elsewhere = { ...env, STATE_DIR: join(folder, "elsewhere") };
    // One that has counted for somebody else counts on beside what is brought.
    const used = { ...env, STATE_DIR: join(folder, "used") };
    const countForOthers = async () => {
      const server = await startServe(used);
      const others = await newAccount(server.port);
      const theirZone = { name: "theirs", origin: "https://origin.example.com" };
      const theirs = { method: "POST", headers: { "X-ResCDN-Key": others.live }, body: theirZone };
      await request(server.port, "api.rescdn.localhost", "/v1/zones", theirs);
      await request(server.port, "theirs.rescdn.localhost", "/a.css", { method: "OPTIONS" });
      await server.stop();
    };
    const [said] = await Promise.all([callCommand("restore", [moved], elsewhere), countForOthers()]);
    expect(said).toMatch(/usage: 0 meters keep their counts, [23] have those of the backup/);
    expect(await callCommand("restore", [moved], used)).toMatch(/usage: 0 meters keep their counts, [23] have/);
    const usage = async (on: Record<string, string>) => {
      const server = await startServe(on);
      const { body } = await api(server, "GET", "/v1/usage");
      await server.stop();
      return (JSON.parse(body) as { requests: number }).requests;
    };
    const [counted, ...brought] = await Promise.all([env, elsewhere, used].map(usage));
    expect(counted).toBeGreaterThanOrEqual(3);
    expect(brought).toEqual([counted, counted]);

    // A version that came later has migrated it since.
    new DatabaseSync(stateFiles(elsewhere.STATE_DIR).database).exec(
      "INSERT INTO d1_migrations (name) VALUES ('9999_newer.sql')",
    );
    const failed = await startServe(elsewhere).then(
      () => null,
      (error: unknown) => error as ServeFailed,
    );
    expect(failed?.stderr).toMatch(
      /^the database is newer than this version, .*: it needs one that has 9999_newer\.sql\. /,
    );
  });

  it("that was broken off keeps servers from starting, until it is called again", async () => {
    placeBackup(stateDir, backup, readBackup(backup, known()), new Date());
    const failed = await startServe(env).then(
      () => null,
      (error: unknown) => error as ServeFailed,
    );
    expect(failed?.stderr.trim()).toBe(
      `the restore of ${backup} into ${stateDir} was broken off: finish it with npm run restore -- ${backup}`,
    );
    expect(await callCommand("restore", [backup], env)).toMatch(/what was there before is kept/);
    const server = await startServe(env);
    expect((await request(server.port, "later.rescdn.localhost", "/")).status).toBe(404);
    await server.stop();
  });
});

/** The migrations that the backup has seen. */
function known(): string[] {
  using database = new DatabaseSync(backup, { readOnly: true });
  return (database.prepare("SELECT name FROM d1_migrations").all() as { name: string }[]).map(({ name }) => name);
}
