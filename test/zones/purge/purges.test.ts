import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { buildPurgeLog, purgeVerdict } from "../../../src/zones/purge/purge-log.ts";
import {
  type PurgeTarget,
  purgesStatement,
  readPurges,
  recordPurge,
  type StoredPurge,
} from "../../../src/zones/purge/purges.ts";
import { findZone, type ZoneRow } from "../../../src/zones/rows.ts";
import { deleteRow, newRow, noAudit } from "../../support/zone-rows.ts";

let zone: ZoneRow;
let createdBy: string;

beforeEach(async () => {
  zone = await newRow();
  const key = await env.DB.prepare("SELECT id FROM api_keys WHERE account_id = ?1")
    .bind(zone.account)
    .first<{ id: string }>();
  createdBy = key!.id;
});

function purge(targets: PurgeTarget[], soft = false, at = 1_000): Promise<number | null> {
  return recordPurge(
    env.DB,
    { id: `purge_${crypto.randomUUID()}`, zone: zone.id, soft, targets, createdBy },
    noAudit(),
    at,
    null,
  );
}

async function purgesSince(since: number, limit: number) {
  const { results } = await purgesStatement(env.DB, zone.name, since, limit).all<StoredPurge>();
  return readPurges(results, limit);
}

describe("recordPurge()", () => {
  it("raises the version by one for a purge of many things, and gives each of them that version", async () => {
    const targets = Array.from({ length: 1_000 }, (_, i) => ({ kind: "path", value: `/${i}` }) as const);
    expect(await purge(targets)).toBe(1);
    expect((await findZone(env.DB, { ...zone, zones: null }, zone.id))?.version).toBe(2);
    const purges = await purgesSince(0, 4_000);
    expect(purges).toHaveLength(1_000);
    expect(new Set(purges.map(({ version }) => version))).toEqual(new Set([2]));
  });

  it("takes the same thing twice in one purge", async () => {
    await purge([
      { kind: "path", value: "/a" },
      { kind: "path", value: "/a" },
    ]);
    expect(await purgesSince(0, 10)).toHaveLength(1);
  });

  it("gives concurrent purges versions of their own", async () => {
    await Promise.all(Array.from({ length: 20 }, (_, i) => purge([{ kind: "path", value: `/${i}` }])));
    const versions = (await purgesSince(0, 100)).map(({ version }) => version);
    expect(versions).toEqual(Array.from({ length: 20 }, (_, i) => 21 - i));
  });

  it("leaves a deleted zone as it is", async () => {
    await deleteRow(zone);
    expect(await purge([{ kind: "everything", value: "" }])).toBeNull();
    expect(await purgesSince(0, 10)).toEqual([]);
  });
});

describe("readPurges()", () => {
  it("returns what was recorded, newest first", async () => {
    await purge([{ kind: "tag", value: "a" }], false, 10);
    await purge([{ kind: "url", value: "/a?b" }], true, 20);
    expect(await purgesSince(10, 10)).toEqual([
      { kind: "url", value: "/a?b", soft: true, version: 3, at: 20 },
      { kind: "tag", value: "a", soft: false, version: 2, at: 10 },
    ]);
    expect(await purgesSince(11, 10)).toHaveLength(1);
  });

  it("lets the oldest stand for everything before it where there are more than the limit", async () => {
    for (const value of ["/1", "/2", "/3", "/3", "/3"]) await purge([{ kind: "path", value }], true);
    const log = buildPurgeLog(await purgesSince(0, 2));
    const verdict = (path: string, version: number) =>
      purgeVerdict(log, { path, query: "", tagHashes: [], version }).kind;
    expect(verdict("/1", 1)).toBe("purged");
    expect(verdict("/1", 4)).toBe("valid");
    expect(verdict("/3", 5)).toBe("stale");
  });
});
