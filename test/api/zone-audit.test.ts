import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { call, customerOf, newZone, type ShownZone } from "../support/control-plane.ts";

const customer = customerOf(beforeAll);

interface Entry {
  at: number;
  actor: string;
  action: string;
  target: string;
  address: string | null;
  request_id: string;
  before: string | null;
  after: string | null;
}

async function entriesOf(zone: { id: string }): Promise<Entry[]> {
  const { results } = await env.DB.prepare(
    `SELECT at, actor, action, target, address, request_id, before, after FROM audit_log
     WHERE account_id = ?1 AND target = ?2 ORDER BY at`,
  )
    .bind(customer.account, zone.id)
    .all<Entry>();
  return results;
}

const patch = (zone: ShownZone, body: unknown, headers: Record<string, string> = {}) =>
  call(`/v1/zones/${zone.id}`, { method: "PATCH", key: customer.live, body, headers });

describe("the audit log", () => {
  it("has each change of a zone and each purge, with who, when, from where, before and after", async () => {
    const zone = await newZone(customer.live);
    const changed = await patch(zone, { settings: { negative_ttl: 1 } }, { "cf-connecting-ip": "192.0.2.7" });
    expect(changed.status).toBe(200);
    await patch(zone, { active: false });
    await patch(zone, { active: true, settings: { negative_ttl: 2 } });
    const purge = { zone: zone.id, paths: ["/a", "/a?b"], tags: ["t"], soft: true };
    const { id } = await (await call("/v1/purge", { method: "POST", key: customer.live, body: purge })).json<{
      id: string;
    }>();
    await call(`/v1/zones/${zone.id}`, { method: "DELETE", key: customer.live });

    const entries = await entriesOf(zone);
    expect(entries.map(({ action }) => action)).toEqual([
      "zone.create",
      "zone.update",
      "zone.pause",
      "zone.resume",
      "zone.purge",
      "zone.delete",
    ]);
    const [created, updated, , resumed, purged, deleted] = entries;
    expect(created).toMatchObject({ before: null, actor: expect.stringMatching(/^key_/) });
    expect(JSON.parse(created!.after!)).toEqual({ ...zone, settings: {} });
    expect(updated).toMatchObject({ address: "192.0.2.7", request_id: changed.headers.get("x-request-id") });
    expect(JSON.parse(updated!.before!)).toEqual({ version: 1, settings: { negative_ttl: 10 } });
    expect(JSON.parse(updated!.after!)).toEqual({ version: 2, settings: { negative_ttl: 1 } });
    expect(JSON.parse(resumed!.after!)).toMatchObject({ active: true, settings: { negative_ttl: 2 } });
    expect(purged!.before).toBeNull();
    expect(JSON.parse(purged!.after!)).toEqual({ id, soft: true, everything: false, paths: 2, prefixes: 0, tags: 1 });
    expect(deleted!.after).toBeNull();
    expect(JSON.parse(deleted!.before!)).toMatchObject({ id: zone.id, version: 4, settings: { negative_ttl: 2 } });
    expect(new Set(entries.map(({ request_id }) => request_id)).size).toBe(6);
  });

  it("never has the values of headers to the origin, which may be credentials", async () => {
    const zone = await newZone(customer.live, { settings: { origin_headers: { authorization: "Basic c2VjcmV0" } } });
    await patch(zone, { settings: { origin_headers: { authorization: "Basic b3RoZXI=", "x-token": "secret-too" } } });
    const entries = await entriesOf(zone);
    expect(JSON.stringify(entries)).not.toMatch(/c2VjcmV0|b3RoZXI|secret-too/);
    expect(JSON.parse(entries[1]!.after!).settings.origin_headers).toEqual({
      authorization: "[redacted]",
      "x-token": "[redacted]",
    });
  });

  it("keeps of settings only what changes, however large they are, and a bounded part of that", async () => {
    const headers = (count: number, length: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, "v".repeat(length)]));
    const zone = await newZone(customer.live, { settings: { response_headers: headers(15, 1_000) } });
    await patch(zone, { settings: { negative_ttl: 1 } });
    await patch(zone, { settings: { response_headers: headers(15, 900) } });
    const [created, small, large] = await entriesOf(zone);
    expect(small!.after).toBe('{"version":2,"settings":{"negative_ttl":1}}');
    for (const { before, after } of [created!, large!])
      for (const state of [before, after]) expect((state ?? "").length).toBeLessThanOrEqual(2_048);
    expect(JSON.parse(large!.after!)).toMatchObject({ version: 3 });
  });

  it("says nothing of what was refused, and of one change of many at once only what was done", async () => {
    const zone = await newZone(customer.live);
    const etag = (await call(`/v1/zones/${zone.id}`, { key: customer.live })).headers.get("etag")!;
    await patch(zone, { settings: { negative_ttl: -1 } });
    await call("/v1/zones", { method: "POST", key: customer.live, body: { name: zone.name, origin: zone.origin } });
    await Promise.all(Array.from({ length: 4 }, () => patch(zone, { active: false }, { "if-match": etag })));
    await Promise.all(
      Array.from({ length: 3 }, () => call(`/v1/zones/${zone.id}`, { method: "DELETE", key: customer.live })),
    );
    expect((await entriesOf(zone)).map(({ action }) => action)).toEqual(["zone.create", "zone.pause", "zone.delete"]);
  });
});
