import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { changeZone } from "../../src/zones/change-zone.ts";
import type { ZoneRow } from "../../src/zones/rows.ts";
import { changeRow, deleteRow, newRow, noAudit } from "../support/zone-rows.ts";

/** The database, where somebody else comes between reading a zone and writing it, as often as `times` says. */
function withRival(row: ZoneRow, times: number, rival: () => Promise<void> = () => changeRow(row)): D1Database {
  let left = times;
  return {
    prepare: (sql: string) => env.DB.prepare(sql),
    async batch(statements: D1PreparedStatement[]) {
      if (left-- > 0) await rival();
      return env.DB.batch(statements);
    },
  } as unknown as D1Database;
}

const pause = {
  apply: (zone: ZoneRow): ZoneRow => ({ ...zone, state: "paused" }),
  audit: noAudit,
};
const change = (db: D1Database, row: ZoneRow) => changeZone(db, { ...row, zones: null }, row.id, pause, Date.now());

describe("changeZone()", () => {
  it("applies its change to what others have made of the zone meanwhile", async () => {
    const row = await newRow();
    const rival = () => changeRow(row, { origin: "https://rival.example.com" });
    const result = await change(withRival(row, 24, rival), row);
    expect(result).toMatchObject({
      kind: "changed",
      changed: { state: "paused", origin: "https://rival.example.com" },
    });
    expect(result).toMatchObject({ changed: { revision: 26, version: 26 } });
  });

  it("gives up where others are faster 25 times, and has changed nothing", async () => {
    const row = await newRow();
    expect(await change(withRival(row, 25), row)).toEqual({ kind: "busy" });
    expect(await change(env.DB, row)).toMatchObject({ kind: "changed", changed: { revision: 27 } });
  });

  it("does not bring back a zone that is deleted meanwhile", async () => {
    const row = await newRow();
    expect(
      await change(
        withRival(row, 1, () => deleteRow(row)),
        row,
      ),
    ).toEqual({ kind: "missing" });
  });
});
