import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { documentOf } from "../../src/zones/zone-document.ts";
import { call, customerOf, newZone, type ShownZone } from "../support/control-plane.ts";
import { newKey } from "../support/keys.ts";

const customer = customerOf(beforeAll);

interface MadeKey {
  id: string;
  key: string;
  created: string;
}

const post = (path: string, body: object = {}) => call(path, { method: "POST", key: customer.live, body });
const keysOf = ({ id }: ShownZone) => `/v1/zones/${id}/signing-keys`;
const makeKey = async (zone: ShownZone, body: object = {}) => (await post(keysOf(zone), body)).json<MadeKey>();
const documentTextOf = async ({ name }: ShownZone) =>
  JSON.stringify(await documentOf(env.DB, name, Date.now())) + (await env.ZONES.get(`zone:${name}`));

describe("signing keys", () => {
  it("are shown when they are made, and nowhere after that: not in lists, D1, the zone's document or the audit log", async () => {
    const zone = await newZone(customer.live);
    const made = await makeKey(zone);
    expect(made).toEqual({ id: expect.stringMatching(/^sign_/), created: expect.any(String), key: expect.any(String) });
    expect(made.key).toMatch(/^\w{40}$/);
    const { key: _, ...shown } = made;
    const listed = await call(keysOf(zone), { key: customer.live });
    expect(await listed.json()).toEqual({ signing_keys: [shown] });
    const rows = JSON.stringify((await env.DB.prepare("SELECT * FROM signing_keys").all()).results);
    const audit = await (await call(`/v1/audit?target=${zone.id}`, { key: customer.live })).text();
    for (const text of [rows, await documentTextOf(zone), audit]) {
      expect(text).toContain(made.id);
      expect(text).not.toContain(made.key);
    }
  });

  it("may be imported, are two at most, and are deleted one by one", async () => {
    const zone = await newZone(customer.live);
    const first = await makeKey(zone, { key: "SecurityKey" });
    expect(first.key).toBe("SecurityKey");
    const second = await makeKey(zone);
    const third = await post(keysOf(zone));
    expect([third.status, await third.json()]).toEqual([409, expect.objectContaining({ code: "signing_keys_full" })]);
    const away = await call(`${keysOf(zone)}/${first.id}`, { method: "DELETE", key: customer.live });
    expect(away.status).toBe(204);
    expect((await call(`${keysOf(zone)}/${first.id}`, { method: "DELETE", key: customer.live })).status).toBe(404);
    const left = await (await call(keysOf(zone), { key: customer.live })).json();
    expect(left).toEqual({ signing_keys: [expect.objectContaining({ id: second.id })] });
    const { changes } = await (await call(`/v1/audit?target=${zone.id}`, { key: customer.live })).json<{
      changes: { action: string; before: object | null; after: object | null }[];
    }>();
    expect(changes.map(({ action, before, after }) => [action, before, after]).slice(0, 3)).toEqual([
      ["zone.signing_key_delete", { id: first.id }, null],
      ["zone.signing_key_create", null, { id: second.id }],
      ["zone.signing_key_create", null, { id: first.id }],
    ]);
  });

  it("leave a zone's ETag, and are nobody's whose key may only read zones", async () => {
    const zone = await newZone(customer.live);
    const etag = async () => (await call(`/v1/zones/${zone.id}`, { key: customer.live })).headers.get("etag");
    const before = await etag();
    await makeKey(zone);
    expect(await etag()).toBe(before);
    const { token } = await newKey(customer.live, { scopes: ["zones:read"] });
    expect((await call(keysOf(zone), { key: token })).status).toBe(403);
  });

  it.each(["short", "with space", "ümlaut-key", "x".repeat(257), 12345678])("refuse to be %j", async (key) => {
    const zone = await newZone(customer.live);
    expect((await post(keysOf(zone), { key })).status).toBe(422);
  });
});

describe("POST /v1/zones/:id/sign", () => {
  it("signs what the zone then serves, and nothing else", async () => {
    const zone = await newZone(customer.live, { settings: { signed_urls: "required" } });
    const { id } = await makeKey(zone);
    const signed = await post(`/v1/zones/${zone.name}/sign`, { path: "/a b.mp4?x=ä", expires_in: 60, form: "path" });
    expect(signed.status).toBe(200);
    const { url, ...rest } = await signed.json<{ url: string }>();
    expect(rest).toEqual({ expires: expect.any(String), key: id });
    expect(url).toMatch(
      new RegExp(`^https://${zone.name}\\.rescdn\\.io/bcdn_token=HS256-[^/]+/a%20b\\.mp4\\?x=%C3%A4$`),
    );
    vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response("a film"));
    expect(await (await exports.default.fetch(url)).text()).toBe("a film");
    const others = [url.replace("/a%20b", "/c"), url.replace("x=", "y="), url.replace(/expires=\d{9}/, "$&9")];
    for (const other of others) expect((await exports.default.fetch(other)).status).toBe(403);
  });

  it.each<[object, string]>([
    [{}, "path"],
    [{ path: "a.css" }, "path"],
    [{ path: "https://elsewhere.example/a" }, "path"],
    [{ path: "/a?b=1&b=2" }, "path"],
    [{ path: "/a", expires_in: 0 }, "expires_in"],
    [{ path: "/a", expires_in: 60, expires: "2030-01-01T00:00:00Z" }, "expires"],
    [{ path: "/a", expires: "2020-01-01T00:00:00Z" }, "expires"],
    [{ path: "/a", expires: "2099-01-01T00:00:00Z" }, "expires"],
    [{ path: "/a", token_path: "/b" }, "token_path"],
    [{ path: "/a", countries: ["UK"] }, "countries.0"],
    [{ path: "/a", address: "localhost" }, "address"],
    [{ path: "/a", key: "sign_other" }, "key"],
    [{ path: "/a", url: "/a" }, "url"],
  ])("refuses %j with a sentence", async (body, field) => {
    const zone = await newZone(customer.live);
    await makeKey(zone);
    const answer = await post(`/v1/zones/${zone.id}/sign`, body);
    expect(answer.status).toBe(422);
    const { details } = await answer.json<{ details: { field: string }[] }>();
    expect(details.map((detail) => detail.field)).toContain(field);
  });

  it("says that a zone has no key to sign with", async () => {
    const zone = await newZone(customer.live);
    const answer = await post(`/v1/zones/${zone.id}/sign`, { path: "/a" });
    expect([answer.status, await answer.json()]).toEqual([409, expect.objectContaining({ code: "no_signing_key" })]);
  });
});
