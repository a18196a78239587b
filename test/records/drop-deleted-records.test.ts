import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { dropDeletedRecords } from "../../src/records/drop-deleted-records.ts";
import { type Customer, moveClockWithCalls, newCustomer } from "../support/control-plane.ts";
import { newNamespaceName, newRecord, rest } from "../support/records-api.ts";

const DAY_MS = 86_400_000;

let customer: Customer;
let namespace: string;

moveClockWithCalls();
beforeEach(async () => {
  customer = await newCustomer();
  namespace = newNamespaceName();
});

const remove = (path: string) => rest(path, { method: "DELETE", key: customer.resolvedb });

async function rows(): Promise<{ records: number; namespaces: number }> {
  const count = async (table: string, column: string) =>
    env.DB.prepare(`SELECT COUNT(*) AS n FROM ${table} WHERE ${column} = ?1`).bind(namespace).first<number>("n");
  return { records: (await count("records", "namespace"))!, namespaces: (await count("namespaces", "name"))! };
}

describe("dropDeletedRecords()", () => {
  it("drops deleted records and namespaces after 32 days, and nothing else", async () => {
    const gone = await newRecord(customer.resolvedb, `gone.${namespace}.v1`);
    const kept = await newRecord(customer.resolvedb, `kept.${namespace}.v1`);
    await remove(`/records/${gone.id}`);
    await dropDeletedRecords(env.DB, Date.now() + 32 * DAY_MS);
    expect(await rows()).toEqual({ records: 2, namespaces: 1 });
    await dropDeletedRecords(env.DB, Date.now() + 32 * DAY_MS + 1);
    expect(await rows()).toEqual({ records: 1, namespaces: 1 });
    await remove(`/records/${kept.id}`);
    expect((await remove(`/namespaces/${namespace}`)).status).toBe(204);
    await dropDeletedRecords(env.DB, Date.now() + 33 * DAY_MS);
    expect(await rows()).toEqual({ records: 0, namespaces: 0 });
    await newRecord(customer.resolvedb, `kept.${namespace}.v1`);
  });

  it("keeps what readers have not been told of", async () => {
    const { id } = await newRecord(customer.resolvedb, `gone.${namespace}.v1`);
    await remove(`/records/${id}`);
    await env.DB.prepare("UPDATE records SET published_revision = 1 WHERE id = ?1").bind(id).run();
    await dropDeletedRecords(env.DB, Date.now() + 33 * DAY_MS);
    expect(await rows()).toEqual({ records: 1, namespaces: 1 });
  });
});
