import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { createAccount } from "../../src/accounts/create-account.ts";
import { changeZone } from "../../src/zones/change-zone.ts";
import { insertZone } from "../../src/zones/insert-zone.ts";
import type { ZoneRow } from "../../src/zones/rows.ts";
import { newEmail, newName } from "./control-plane.ts";

/** Takes the place of a change's entry in the audit log. */
export function noAudit(): D1PreparedStatement {
  return env.DB.prepare("SELECT 1");
}

/** A zone of a new account, in D1 only. */
export async function newRow(): Promise<ZoneRow> {
  const { account } = await createAccount(env.DB, { name: "A", email: newEmail(), plan: "free" }, Date.now());
  return insert(account.id, newName());
}

/** A new zone with the name of a deleted one. */
export function replaceRow({ account, name }: ZoneRow): Promise<ZoneRow> {
  return insert(account, name);
}

async function insert(account: string, name: string): Promise<ZoneRow> {
  const zone = { id: `zone_${crypto.randomUUID()}`, name, origin: "https://a.example.com", settings: {} };
  const result = await insertZone(
    env.DB,
    { ...zone, account, mode: "live", limit: 10, deletedLimit: 10 },
    noAudit(),
    Date.now(),
  );
  if (result.kind !== "inserted") throw new Error(`the zone was not inserted: ${result.kind}`);
  return result.zone;
}

/** Changes a zone in D1, as a PATCH does. */
export async function changeRow(row: ZoneRow, change: Partial<ZoneRow> = {}): Promise<void> {
  const apply = (zone: ZoneRow) => ({ ...zone, ...change });
  const result = await changeZone(env.DB, { ...row, zones: null }, row.id, { apply, audit: noAudit }, Date.now());
  expect(result.kind).toBe("changed");
}

export function deleteRow(row: ZoneRow): Promise<void> {
  return changeRow(row, { state: "deleted" });
}
