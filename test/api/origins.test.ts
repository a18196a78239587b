import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { documentOf } from "../../src/zones/zone-document.ts";
import { call, customerOf, newName, newZone, type ShownZone } from "../support/control-plane.ts";
import { newKey } from "../support/keys.ts";

const customer = customerOf(beforeAll);
const patch = ({ id }: ShownZone, body: unknown, key = customer.live) =>
  call(`/v1/zones/${id}`, { method: "PATCH", key, body });
const changed = async (zone: ShownZone, body: unknown) => (await patch(zone, body)).json<ShownZone & Said>();
const problem = async (zone: ShownZone, body: unknown) => {
  const answer = await patch(zone, body);
  expect(answer.status).toBe(422);
  const { details } = await answer.json<{ details: { field: string; message: string }[] }>();
  return details.map(({ field, message }) => `${field} ${message}`).join("\n");
};

interface Said {
  warnings?: string[];
  purge?: { id: string; nodes: number };
}

const S3 = { type: "s3", region: "eu-central-1", access_key_id: "AKIAEXAMPLE", secret: "planted-s3-secret" };
const BASIC = { type: "basic", username: "stage", password: "planted-password" };
const BEARER = { type: "bearer", token: "planted-token" };
const PLANTED = ["planted-s3-secret", "planted-password", "planted-token", "planted-2"];

describe("the origin of a zone", () => {
  it("may have a path, which is shown without a slash at its end", async () => {
    const zone = await newZone(customer.live, { origin: "https://bucket.example.com/site/v3/" });
    expect(zone.origin).toBe("https://bucket.example.com/site/v3");
    expect(await changed(zone, { origin: "https://bucket.example.com/" })).toMatchObject({
      origin: "https://bucket.example.com",
    });
  });

  it.each(["/../x", "/a/%2e%2e/b", "/a%2fb", "/a;b", "?x=1", "#x", "/a%5cb", "/a/./b", "/%252e"])(
    "may not have the path %s",
    async (path) => {
      expect(await problem(await newZone(customer.live), { origin: `https://bucket.example.com${path}` })).toMatch(
        /^origin must/,
      );
    },
  );

  it("changes with a word about what is stored, and with its purge in the same call", async () => {
    const zone = await newZone(customer.live);
    const one = await changed(zone, { origin: "https://one.example.com" });
    expect(one.warnings).toEqual([expect.stringContaining("is served until it expires")]);
    const two = await changed(zone, { origin: "https://two.example.com", purge: true });
    expect([two.warnings, two.purge]).toEqual([undefined, { id: expect.stringMatching(/^purge_/), nodes: 1 }]);
    const { purges } = await (await call(`/v1/purges?zone=${zone.name}`, { key: customer.live })).json<{
      purges: { id: string; everything: boolean }[];
    }>();
    expect(purges).toEqual([expect.objectContaining({ id: two.purge!.id, everything: true })]);
    const same = await changed(zone, { origin: "https://two.example.com" });
    expect(same.warnings).toBe(undefined);
    const { token } = await newKey(customer.live, { scopes: ["zones:read", "zones:write"] });
    expect((await patch(zone, { purge: true }, token)).status).toBe(403);
  });
});

describe("what an origin is shown of who asks", () => {
  it("is written, and read nowhere: not in answers, D1, KV, the document, the audit log or the logs", async () => {
    const logged: string[] = [];
    for (const method of ["log", "info", "warn", "error"] as const)
      vi.spyOn(console, method).mockImplementation((...words) => void logged.push(JSON.stringify(words)));
    const answers: string[] = [];
    const say = async (zone: ShownZone, body: unknown) => {
      const answer = await patch(zone, body);
      answers.push(`${answer.status} ${await answer.text()}`);
    };
    const zone = await newZone(customer.live, { settings: { origin_auth: S3 } });
    answers.push(JSON.stringify(zone));
    await say(zone, { settings: { origin_auth: BASIC } });
    await say(zone, { settings: { origin_auth: BEARER } });
    await say(zone, { settings: { origin_auth: { ...S3, secret: "planted-2" } } });
    await say(zone, { settings: { origin_auth: { ...S3, region: "not a region" } } });
    await say(zone, { settings: { origin_auth: { ...S3, unknown: 1 } } });
    await say(zone, { settings: { origin_auth: { ...BASIC, type: "digest" } } });
    await say(zone, { settings: { origin_auth: "planted-password" } });
    const origins = [
      { name: "a", url: zone.origin },
      { name: "b", url: "https://b.example.com", auth: BEARER },
    ];
    await say(zone, { settings: { origins } });
    for (const path of [`/v1/zones/${zone.id}`, "/v1/zones", `/v1/audit?target=${zone.id}`])
      answers.push(await (await call(path, { key: customer.live })).text());
    const rows = await env.DB.prepare("SELECT * FROM zones WHERE id = ?1").bind(zone.id).all();
    const audit = await env.DB.prepare("SELECT * FROM audit_log").all();
    const keys = await env.DB.prepare("SELECT * FROM idempotency_keys").all();
    const document = await documentOf(env.DB, zone.name, Date.now());
    const held = [rows.results, audit.results, keys.results, document].map((part) => JSON.stringify(part));
    const table = await env.ZONES.get(`zone:${zone.name}`);
    expect(document!.settings.origin_auth).toMatchObject({ type: "s3", sealed: expect.any(String) });
    for (const text of [...answers, ...held, table!, ...logged])
      for (const secret of PLANTED) expect(text).not.toContain(secret);
    for (const text of answers) expect(text).not.toContain("sealed");
    vi.restoreAllMocks();
  });

  it("is shown without its secret, which stays where it is left out, and a change of it is audited", async () => {
    const zone = await newZone(customer.live, { settings: { origin_auth: S3 } });
    const { secret: _, ...shown } = S3;
    expect(zone.settings.origin_auth).toEqual({ ...shown, secret_set: expect.any(String) });
    const sealedOf = async () => (await documentOf(env.DB, zone.name, Date.now()))!.settings.origin_auth!;
    const before = await sealedOf();
    const back = await changed(zone, { settings: { origin_auth: zone.settings.origin_auth } });
    expect(back.version, "as it is shown it may be sent back").toBe(zone.version);
    await changed(zone, { settings: { origin_auth: { ...shown, region: "us-east-1" } } });
    expect(await sealedOf()).toEqual({ ...before, region: "us-east-1" });
    const same = await changed(zone, { settings: { origin_auth: { ...S3, region: "us-east-1" } } });
    expect(await sealedOf(), "the same secret again is no change").toEqual({ ...before, region: "us-east-1" });
    const rotated = await changed(zone, { settings: { origin_auth: { ...S3, secret: "another" } } });
    expect(rotated.version).toBe(same.version + 1);
    const { changes } = await (await call(`/v1/audit?target=${zone.id}`, { key: customer.live })).json<{
      changes: { after: { settings?: { origin_auth?: object } } }[];
    }>();
    expect(changes[0]!.after.settings?.origin_auth).toMatchObject({ secret_set: expect.any(String) });
    expect(await changed(zone, { settings: { origin_auth: null } })).toMatchObject({ settings: { origin_auth: null } });
  });

  it("goes to no other server: whoever names one gives the secret anew", async () => {
    const zone = await newZone(customer.live, { settings: { origin_auth: BASIC } });
    expect(await problem(zone, { origin: "https://attacker.example.com" })).toContain(
      "settings.origin_auth was given for",
    );
    const { password: _, ...without } = BASIC;
    expect(
      await problem(zone, { origin: "https://attacker.example.com", settings: { origin_auth: without } }),
    ).toContain("settings.origin_auth.password is required");
    const listed = { name: "a", url: "https://a.example.com", auth: BEARER };
    await changed(zone, { origin: "https://a.example.com", settings: { origins: [listed], origin_auth: null } });
    const moved = { name: "a", url: "https://attacker.example.com", auth: { type: "bearer" } };
    expect(await problem(zone, { settings: { origins: [moved] } })).toContain(
      "settings.origins.0.auth.token is required",
    );
    expect(await problem(zone, { origin: "https://attacker.example.com" })).toContain("origin is another server");
    expect((await patch(zone, { origin: "https://a.example.com/path" })).status).toBe(200);
  });

  it.each<[string, object, string]>([
    [
      "a client's own Authorization",
      { origin_auth: BEARER, forward: { authorization: true } },
      "forward.authorization",
    ],
    ["writing, of a bucket", { origin_auth: S3, methods: "all" }, "lets nobody write"],
  ])("does not stand beside %s", async (_what, settings, sentence) => {
    expect(await problem(await newZone(customer.live), { settings })).toContain(sentence);
  });

  it("is not signed for a service as a whole, whose buckets it would list", async () => {
    const zone = await newZone(customer.live);
    for (const origin of ["https://s3.eu-central-1.amazonaws.com", "https://storage.googleapis.com/"])
      expect(await problem(zone, { origin, settings: { origin_auth: S3 } })).toContain("names the bucket");
    const origin = "https://s3.eu-central-1.amazonaws.com/my-bucket";
    expect((await patch(zone, { origin, settings: { origin_auth: S3 } })).status).toBe(200);
  });
});

describe("several origins", () => {
  const two = [
    { name: "a", url: "https://a.example.com", weight: 3 },
    { name: "b", url: "https://b.example.com/v2/", weight: 1, drain: true, host: "b.example.org" },
  ];

  it("make the first one the zone's origin, also where a zone is made with nothing else", async () => {
    const answer = await call("/v1/zones", {
      method: "POST",
      key: customer.live,
      body: { name: newName(), settings: { origins: two } },
    });
    expect(answer.status).toBe(201);
    const zone = await answer.json<ShownZone>();
    expect(zone).toMatchObject({
      origin: "https://a.example.com",
      settings: { origins: [two[0], { ...two[1], url: "https://b.example.com/v2" }] },
    });
    const moved = await changed(zone, { origin: "https://c.example.com" });
    expect(moved).toMatchObject({ origin: "https://c.example.com" });
    expect(moved.settings.origins).toMatchObject([{ name: "a", url: "https://c.example.com" }, { name: "b" }]);
    const single = await changed(zone, { settings: { origins: null } });
    expect(single).toMatchObject({ origin: "https://c.example.com", settings: { origins: [] } });
  });

  it.each<[string, object, string]>([
    [
      "one name twice",
      { settings: { origins: [two[0], two[0]] } },
      "settings.origins.1.name is already the name of another",
    ],
    ["none that is asked", { settings: { origins: [two[1]] } }, "settings.origins must have at least one"],
    [
      "a private address",
      { settings: { origins: [{ name: "a", url: "https://10.0.0.1" }] } },
      "settings.origins.0.url must",
    ],
    [
      "an address of ours",
      { settings: { origins: [{ name: "a", url: "https://x.rescdn.io" }] } },
      "settings.origins.0.url",
    ],
    ["another first", { origin: "https://z.example.com", settings: { origins: two } }, "origin must be the first"],
    ["a rule for nobody", { settings: { rules: [{ do: { origin: "nobody" } }] } }, "settings.rules.0.do.origin must"],
    [
      "a bound of nothing",
      { settings: { origin_limit: { queue: 1 } } },
      "settings.origin_limit.concurrent is required",
    ],
    ["a status that is none", { settings: { failover: { statuses: [200] } } }, "settings.failover.statuses.0 must"],
  ])("are refused with %s", async (_what, body, sentence) => {
    expect(await problem(await newZone(customer.live), body)).toContain(sentence);
  });

  it("are named by rules, and cannot leave while one does", async () => {
    const zone = await newZone(customer.live);
    const rules = [{ when: { path: "/eu/*" }, do: { origin: "b" } }];
    const other = { ...two[1], drain: false };
    expect((await patch(zone, { settings: { origins: [two[0], other], rules } })).status).toBe(200);
    expect(await problem(zone, { settings: { origins: null } })).toContain("settings.rules.0.do.origin");
  });

  it("hide the values of their headers from keys that only read", async () => {
    const origins = [{ ...two[0], headers: { "x-key": "planted-2" } }];
    const zone = await newZone(customer.live, { origin: "https://a.example.com", settings: { origins } });
    const { token } = await newKey(customer.live, { scopes: ["zones:read"] });
    expect(await (await call(`/v1/zones/${zone.id}`, { key: token })).text()).not.toContain("planted-2");
    expect(await (await call(`/v1/audit?target=${zone.id}`, { key: customer.live })).text()).not.toContain("planted-2");
  });
});
