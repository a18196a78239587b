import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Customer, call, customerOf, newCustomer, newZone, type ShownZone } from "../support/control-plane.ts";
import {
  activeHostname,
  check,
  checksAfter,
  claim,
  cronAfter,
  newHostname,
  playNetwork,
  prove,
  read,
  remove,
  visit,
  wordOf,
} from "../support/hostnames.ts";
import { operated, resume, suspend } from "../support/operator.ts";

const DAY = 86_400;

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });
const network = playNetwork();
const customer = customerOf(beforeEach);
let zone: ShownZone;

beforeEach(async () => {
  zone = await newZone(customer.live);
});

/** What the edge says of a hostname. */
const wordAt = async (hostname: string, path?: string) => wordOf(await visit(hostname, path));

describe("a hostname of a customer's own", () => {
  it("is served once its TXT record stands, out of the same objects as the zone's own host", async () => {
    const pending = await claim(customer.live, zone.id);
    expect(pending).toMatchObject({ state: "pending", reason: null, target: zone.subdomain });
    expect(await wordAt(pending.hostname)).toBe("404 unknown-host");
    const unproven = await check(customer.live, pending);
    expect(unproven).toMatchObject({ state: "pending" });
    expect(unproven.reason).toContain(`there is no TXT record at _rescdn.${pending.hostname}`);

    prove(network, pending);
    const active = await check(customer.live, pending);
    expect(active).toMatchObject({ state: "active", reason: null, proof: { by: "dns", gone_since: null } });
    const first = await visit(pending.hostname);
    expect(await first.text()).toBe("from the origin");
    const second = await visit(zone.subdomain);
    expect(second.headers.get("x-cache")).toBe("HIT");
    expect(network.asked).toHaveLength(1);
    expect(network.asked[0]!.headers.get("x-forwarded-host")).toBe(zone.subdomain);
  });

  it("is proven by a value of its account and itself alone, the same each time", async () => {
    const mine = await claim(customer.live, zone.id);
    const again = await read(customer.live, mine);
    const beside = await claim(customer.live, zone.id);
    const other = await newCustomer();
    const theirs = await claim(other.live, (await newZone(other.live)).id, mine.hostname);
    expect(again.proof).toEqual(mine.proof);
    expect(mine.proof.value).toMatch(/^rescdn-hostname=[\w-]{43}$/);
    expect(new Set([mine.proof.value, beside.proof.value, theirs.proof.value]).size).toBe(3);
  });

  it("is no longer served when it is deleted, and its zone forgets it", async () => {
    const { hostname, zone: id } = await activeHostname(network, customer.live, zone.id);
    expect(await wordAt(hostname)).toMatch(/^200/);
    await remove(customer.live, { zone: id, hostname });
    expect(await wordAt(hostname)).toBe("404 unknown-host");
    expect((await call(`/v1/zones/${id}/hostnames/${hostname}`, { key: customer.live })).status).toBe(404);
    const document = await env.ZONES.get<{ hostnames?: string[] }>(`zone:${zone.name}`, "json");
    expect(document!.hostnames).toBeUndefined();
  });

  it("is refused while its account is suspended or its zone is paused, and comes back", async () => {
    const { hostname } = await activeHostname(network, customer.live, zone.id);
    await suspend(customer.account);
    expect(await wordAt(hostname)).toBe("403 suspended-account");
    await resume(customer.account);
    await call(`/v1/zones/${zone.id}`, { method: "PATCH", key: customer.live, body: { active: false } });
    expect(await wordAt(hostname)).toBe("403 paused-zone");
    await call(`/v1/zones/${zone.id}`, { method: "PATCH", key: customer.live, body: { active: true } });
    expect(await wordAt(hostname)).toMatch(/^200/);
  });

  it("is checked by the cron without being asked, and the audit log says who did what", async () => {
    const made = await claim(customer.live, zone.id);
    await cronAfter(0);
    expect(await read(customer.live, made)).toMatchObject({ state: "pending", next_check: expect.any(String) });
    prove(network, made);
    await cronAfter(61);
    expect(await read(customer.live, made)).toMatchObject({ state: "active" });
    expect(await wordAt(made.hostname)).toMatch(/^200/);
    await remove(customer.live, made);
    const { changes } = await (await call("/v1/audit", { key: customer.live })).json<{
      changes: { action: string }[];
    }>();
    const actions = changes.map(({ action }) => action).filter((action) => action.startsWith("hostname."));
    expect(actions).toEqual(["hostname.delete", "hostname.activate", "hostname.create"]);
  });
});

describe("the spelling of a hostname", () => {
  it.each(["CDN.Example.COM", "cdn.example.com.", "cdn.example.com:8080", "Cdn.Example.com.:80"])(
    "is the same in a Host of %s",
    async (spelled) => {
      const base = newHostname();
      await activeHostname(network, customer.live, zone.id, base);
      expect(
        await wordAt(
          spelled.replace(/cdn\.example\.com/i, (part) => (part === part.toLowerCase() ? base : base.toUpperCase())),
        ),
      ).toMatch(/^200/);
    },
  );

  it("is that of its A-labels, however it was claimed; what only looks like it is another name", async () => {
    const label = `bücher-${crypto.randomUUID().slice(0, 8)}`;
    const made = await claim(customer.live, zone.id, `${label.toUpperCase()}.Example.COM.`);
    expect(made.hostname).toMatch(/^xn--bcher-.+\.example\.com$/);
    prove(network, made);
    await check(customer.live, made);
    expect(await wordAt(`${label}.example.com`)).toMatch(/^200/);
    expect(await wordAt(`${label.replace("ü", "u")}.example.com`)).toBe("404 unknown-host");
    expect(await wordAt(`${label.replace("e", "е")}.example.com`)).toBe("404 unknown-host");
    expect(
      (await read(customer.live, { zone: zone.id, hostname: encodeURIComponent(`${label}.example.com`) })).hostname,
    ).toBe(made.hostname);
  });

  it.each([
    ["*.example.com", "wildcard"],
    ["https://cdn.example.com", "without https://"],
    ["cdn.example.com/path", "alone"],
    ["cdn.example.com:8443", "no port"],
    ["192.0.2.7", "not an address"],
    ["0x7f.1", "not an address"],
    ["[2001:db8::1]", "not an address"],
    ["localhost", "with a domain"],
    ["com", "with a domain"],
    ["co.uk", "public suffix"],
    ["github.io", "public suffix"],
    ["a..example.com", "with a domain"],
    ["-a.example.com", "with a domain"],
    ["a_b.example.com", "with a domain"],
    [`${"a".repeat(64)}.example.com`, "with a domain"],
    [`${"a.".repeat(123)}example.com`, ""],
    ["my-assets.rescdn.io", "of this CDN"],
    ["rescdn.io", "of this CDN"],
    ["a.b.rescdn.localhost", "of this CDN"],
    ["api.rescdn.io.", "of this CDN"],
    ["x.api.resolvedb.io", "of this CDN"],
    ["get.config.resolvedb.net", "of this CDN"],
    ["user@cdn.example.com", "alone"],
    ["cdn.example.com\\@evil.example", "alone"],
    ["cdn.exa%6dple.com", "alone"],
    ["", ""],
  ])("%s is no hostname to claim", async (hostname, reason) => {
    const answer = await call(`/v1/zones/${zone.id}/hostnames`, {
      method: "POST",
      key: customer.live,
      body: { hostname },
    });
    expect(answer.status).toBe(422);
    const { details } = await answer.json<{ details: { field: string; message: string }[] }>();
    expect(details[0]).toMatchObject({ field: "hostname", message: expect.stringContaining(reason) });
  });

  it("may not be where the zone's origin is", async () => {
    const own = await newZone(customer.live, { origin: "https://www.example.com" });
    const body = { hostname: "WWW.example.com" };
    const answer = await call(`/v1/zones/${own.id}/hostnames`, { method: "POST", key: customer.live, body });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain("would ask itself");
    const made = await claim(customer.live, own.id);
    for (const field of [
      { origin: `https://${made.hostname}` },
      { settings: { fallback_origin: `https://${made.hostname}.` } },
    ]) {
      const changed = await call(`/v1/zones/${own.id}`, { method: "PATCH", key: customer.live, body: field });
      expect(changed.status).toBe(422);
      expect(await changed.text()).toContain("a hostname of this zone");
    }
  });
});

describe("the TXT record", () => {
  it("is found behind aliases, among others, and in several strings", async () => {
    const made = await claim(customer.live, zone.id);
    const { name, value } = made.proof;
    network.resolver.set(name, { type: "CNAME", data: "proofs.dns-host.example" });
    network.resolver.set(
      "proofs.dns-host.example",
      ...Array.from({ length: 50 }, (_, index) => ({ type: "TXT" as const, data: `v=other${index}` })),
      { type: "TXT", data: [value.slice(0, 20), value.slice(20)] },
    );
    expect(await check(customer.live, made)).toMatchObject({ state: "active", proof: { by: "dns" } });
  });

  it("proves nothing with another account's value, or below another name", async () => {
    const other = await newCustomer();
    const mine = await claim(customer.live, zone.id);
    const theirs = await claim(other.live, (await newZone(other.live)).id, mine.hostname);
    network.resolver.set(mine.proof.name, { type: "TXT", data: theirs.proof.value });
    network.resolver.set(mine.hostname, { type: "TXT", data: mine.proof.value });
    expect(await check(customer.live, mine)).toMatchObject({
      state: "pending",
      reason: expect.stringContaining("has another value"),
    });
  });

  it.each([
    ["servfail", "answered SERVFAIL"],
    ["refused", "answered REFUSED"],
    ["unreachable", "could not be reached"],
    ["nonsense", "not a DNS message"],
    ["other-question", "to another question"],
    ["cut", "not a DNS message"],
    ["long", "too long"],
    ["403", "status 403"],
  ] as const)("is not said to be missing by a resolver's %s", async (fault, reason) => {
    const made = await claim(customer.live, zone.id);
    prove(network, made);
    network.resolver.faults.set("*", fault);
    expect(await check(customer.live, made)).toMatchObject({
      state: "pending",
      reason: expect.stringContaining(reason),
    });
  });

  it("is not found at the end of aliases that have none", async () => {
    const made = await claim(customer.live, zone.id);
    network.resolver.set(made.proof.name, { type: "CNAME", data: "a.example.net" });
    network.resolver.set("a.example.net", { type: "CNAME", data: made.proof.name });
    expect(await check(customer.live, made)).toMatchObject({
      reason: "the name's chain of aliases (CNAME) does not end",
    });
  });
});

describe("the file", () => {
  const fileOf = (value: string) => () => new Response(`${value}\n`);

  it("proves a hostname that leads to another server; it stays while its CNAME names the zone", async () => {
    const made = await claim(customer.live, zone.id);
    network.resolver.set(made.hostname, { type: "A", data: "23.192.228.80" });
    network.resolver.files.set(made.hostname, fileOf(made.proof.value));
    expect(await check(customer.live, made)).toMatchObject({ state: "active", proof: { by: "http" } });
    network.resolver.files.clear();
    network.resolver.set(made.hostname, { type: "CNAME", data: zone.subdomain });
    await checksAfter(DAY);
    await checksAfter(20 * DAY);
    expect(await read(customer.live, made)).toMatchObject({ state: "active", proof: { by: "http", gone_since: null } });
  });

  it("counts for nothing once the hostname leads here: by an alias to whatever zone, or by its addresses", async () => {
    const mallory = await newCustomer();
    const trap = await newZone(mallory.live);
    const made = await claim(mallory.live, trap.id);
    network.resolver.files.set(made.hostname, fileOf(made.proof.value));
    network.resolver.set(made.hostname, { type: "CNAME", data: zone.subdomain });
    expect(await check(mallory.live, made)).toMatchObject({
      state: "pending",
      reason: expect.stringContaining("leads here"),
    });
    network.resolver.set(made.hostname, { type: "A", data: "23.192.228.84" });
    network.resolver.set(trap.subdomain, { type: "A", data: "23.192.228.84" });
    expect(await check(mallory.live, made)).toMatchObject({
      state: "pending",
      reason: expect.stringContaining("leads here"),
    });
    expect(network.resolver.asked.filter((asked) => asked.startsWith("file"))).toEqual([]);
  });

  it("is never answered by the edge, whoever has the hostname, and whatever the zone's origin says", async () => {
    const { hostname, proof } = await activeHostname(network, customer.live, zone.id);
    network.origin = fileOf(proof.value);
    const { pathname } = new URL(proof.url);
    for (const host of [hostname, zone.subdomain, "unknown.example.com"]) {
      expect(await wordAt(host, pathname)).toBe("404 unknown-host");
      expect(await wordAt(host, `/x/..${pathname}?a`)).toBe("404 unknown-host");
    }
    expect(network.asked).toEqual([]);
  });

  it.each([
    ["another text", () => new Response("rescdn-hostname=other"), "holds another text"],
    ["a page that repeats its path", (url: string) => new Response(`no ${url} here`), "holds another text"],
    [
      "a redirect",
      (_: string, value: string) => new Response(value, { status: 302, headers: { location: "/a" } }),
      "status 302",
    ],
    ["an error with it", (_: string, value: string) => new Response(value, { status: 404 }), "status 404"],
    ["too much", (_: string, value: string) => new Response(value + " ".repeat(2_000)), "more than the token"],
  ])("proves nothing as %s", async (_, answer, reason) => {
    const made = await claim(customer.live, zone.id);
    network.resolver.set(made.hostname, { type: "A", data: "23.192.228.80" });
    network.resolver.files.set(made.hostname, () => answer(made.proof.url, made.proof.value));
    expect(await check(customer.live, made)).toMatchObject({
      state: "pending",
      reason: expect.stringContaining(reason),
    });
  });

  it.each(["127.0.0.1", "10.0.0.1", "169.254.169.254", "100.100.100.200", "::1", "fd00::1", "::ffff:10.0.0.1"])(
    "is not asked for at %s",
    async (address) => {
      const made = await claim(customer.live, zone.id);
      network.resolver.files.set(made.hostname, fileOf(made.proof.value));
      network.resolver.set(
        made.hostname,
        { type: "A", data: "23.192.228.80" },
        { type: address.includes(":") ? "AAAA" : "A", data: address },
      );
      expect(await check(customer.live, made)).toMatchObject({
        reason: expect.stringContaining("an address that is not public"),
      });
      expect(network.resolver.asked).not.toContain(`file ${made.hostname}`);
    },
  );
});

describe("a proof that is gone", { timeout: 30_000 }, () => {
  it("is waited for seven days, then the hostname is no longer served; it comes back with its proof", async () => {
    const made = await activeHostname(network, customer.live, zone.id);
    network.resolver.records.delete(made.proof.name);
    await checksAfter(DAY);
    expect(await read(customer.live, made)).toMatchObject({
      state: "active",
      proof: { gone_since: expect.any(String) },
    });
    await checksAfter(6 * DAY);
    expect(await wordAt(made.hostname)).toMatch(/^200/);
    await checksAfter(DAY);
    expect(await read(customer.live, made)).toMatchObject({
      state: "lapsed",
      reason: expect.stringContaining("there is no TXT record"),
    });
    expect(await wordAt(made.hostname)).toBe("404 unknown-host");
    prove(network, made);
    await checksAfter(60);
    expect(await read(customer.live, made)).toMatchObject({
      state: "active",
      reason: null,
      proof: { gone_since: null },
    });
    expect(await wordAt(made.hostname)).toMatch(/^200/);
  });

  it("is not gone because a resolver fails, for however long", async () => {
    const made = await activeHostname(network, customer.live, zone.id);
    network.resolver.faults.set(made.proof.name, "servfail");
    for (let day = 0; day < 30; day += 3) await checksAfter(3 * DAY);
    expect(await read(customer.live, made)).toMatchObject({
      state: "active",
      reason: "the resolver answered SERVFAIL",
      proof: { gone_since: null },
    });
    expect(await wordAt(made.hostname)).toMatch(/^200/);
  });

  it("is not looked for with a resolver that answers nothing: that is asked once a minute", async () => {
    const made = [await claim(customer.live, zone.id), await claim(customer.live, zone.id)];
    network.resolver.faults.set("*", "unreachable");
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    network.resolver.asked.length = 0;
    await checksAfter(60);
    await checksAfter(60);
    expect(network.resolver.asked).toHaveLength(2);
    expect(logged.mock.calls.join()).toContain("resolver_away");
    network.resolver.faults.clear();
    for (const one of made) prove(network, one);
    await checksAfter(60);
    for (const one of made) expect(await read(customer.live, one)).toMatchObject({ state: "active" });
  });

  it("is looked for ever more seldom, for fourteen days, then when its owner asks", async () => {
    const made = await claim(customer.live, zone.id);
    const record = `TXT ${made.proof.name}`;
    const checks = () => network.resolver.asked.filter((asked) => asked === record).length;
    for (let minute = 0; minute < 10; minute++) await checksAfter(60);
    expect(checks()).toBeGreaterThanOrEqual(4);
    expect(checks()).toBeLessThanOrEqual(6);
    for (let hour = 0; hour < 15 * 24; hour += 4) await checksAfter(4 * 3_600);
    expect(checks()).toBeLessThan(90);
    expect(await read(customer.live, made)).toMatchObject({ state: "failed", next_check: null });
    const before = checks();
    await checksAfter(DAY);
    expect(checks()).toBe(before);
    prove(network, made);
    expect(await check(customer.live, made)).toMatchObject({ state: "active" });
  });
});

describe("two accounts that claim one hostname", () => {
  let other: Customer;
  let theirs: ShownZone;

  beforeEach(async () => {
    other = await newCustomer();
    theirs = await newZone(other.live);
  });

  /** Which of the zones answers at a hostname, by what its origin says. */
  async function servedBy(hostname: string): Promise<string> {
    network.origin = ({ headers }) => new Response(headers.get("x-forwarded-host"));
    const answer = await visit(hostname, `/${crypto.randomUUID()}.css`);
    return answer.text();
  }

  it("leave it to the one that has it while both proofs stand", async () => {
    const mine = await activeHostname(network, customer.live, zone.id);
    const rival = await claim(other.live, theirs.id, mine.hostname);
    network.resolver.set(
      mine.proof.name,
      { type: "TXT", data: mine.proof.value },
      { type: "TXT", data: rival.proof.value },
    );
    expect(await check(other.live, rival)).toMatchObject({
      state: "pending",
      reason: expect.stringContaining("whose proof is still there"),
    });
    expect(await servedBy(mine.hostname)).toBe(zone.subdomain);
  });

  it("give it to the one that has a proof at once when the other's is gone", async () => {
    const mine = await activeHostname(network, customer.live, zone.id);
    const rival = await claim(other.live, theirs.id, mine.hostname);
    prove(network, rival);
    expect(await check(other.live, rival)).toMatchObject({ state: "active" });
    expect(await servedBy(mine.hostname)).toBe(theirs.subdomain);
    expect(await read(customer.live, mine)).toMatchObject({
      state: "lapsed",
      reason: expect.stringContaining("another account has proven"),
    });
  });

  it("leave it where it is while nobody can say whether the proof is gone", async () => {
    const mine = await activeHostname(network, customer.live, zone.id);
    const rival = await claim(other.live, theirs.id, mine.hostname);
    prove(network, rival);
    network.resolver.turns.set(mine.proof.name, ["answer", "servfail"]);
    expect(await check(other.live, rival)).toMatchObject({
      state: "pending",
      reason: expect.stringContaining("is not known"),
    });
    expect(await servedBy(mine.hostname)).toBe(zone.subdomain);
  });

  it("give it to the record over a file that was seen once", async () => {
    const mine = await claim(customer.live, zone.id);
    network.resolver.set(mine.hostname, { type: "A", data: "23.192.228.80" });
    network.resolver.files.set(mine.hostname, () => new Response(mine.proof.value));
    await check(customer.live, mine);
    network.resolver.set(mine.hostname, { type: "CNAME", data: zone.subdomain });
    const rival = await claim(other.live, theirs.id, mine.hostname);
    expect(await check(other.live, rival)).toMatchObject({ state: "pending" });
    prove(network, rival);
    expect(await check(other.live, rival)).toMatchObject({ state: "active" });
    expect(await servedBy(mine.hostname)).toBe(theirs.subdomain);
  });

  it("cannot have it by a dangling alias to a zone that is gone, nor by that zone's name", async () => {
    const mine = await activeHostname(network, customer.live, zone.id);
    network.resolver.set(mine.hostname, { type: "CNAME", data: zone.subdomain });
    expect(await servedBy(mine.hostname)).toBe(zone.subdomain);
    await call(`/v1/zones/${zone.id}`, { method: "DELETE", key: customer.live });
    expect(await wordAt(mine.hostname)).toBe("404 unknown-host");
    const again = await newZone(customer.live, { name: zone.name });
    expect(await wordAt(mine.hostname)).toBe("404 unknown-host");
    expect(again.id).not.toBe(zone.id);
    const rival = await claim(other.live, theirs.id, mine.hostname);
    expect(await check(other.live, rival)).toMatchObject({ state: "pending" });
    expect(await wordAt(mine.hostname)).toBe("404 unknown-host");
    prove(network, rival);
    await check(other.live, rival);
    expect(await servedBy(mine.hostname)).toBe(theirs.subdomain);
  });

  it("do not see each other's", async () => {
    const mine = await activeHostname(network, customer.live, zone.id);
    const path = `/v1/zones/${zone.id}/hostnames/${mine.hostname}`;
    expect((await call(path, { key: other.live })).status).toBe(404);
    expect((await call(path, { key: other.live, method: "DELETE" })).status).toBe(404);
    expect((await call(`/v1/zones/${theirs.id}/hostnames/${mine.hostname}`, { key: other.live })).status).toBe(404);
    expect(await servedBy(mine.hostname)).toBe(zone.subdomain);
  });
});

describe("what knows a zone's hosts", () => {
  it("purges by a URL of any of its hostnames", async () => {
    const { hostname } = await activeHostname(network, customer.live, zone.id);
    await wordAt(hostname, "/p.css");
    expect((await visit(hostname, "/p.css")).headers.get("x-cache")).toBe("HIT");
    const path = `https://${hostname.toUpperCase()}/p.css`;
    const answer = await call("/v1/purge", { method: "POST", key: customer.live, body: { zone: zone.id, path } });
    expect(answer.status, await answer.clone().text()).toBe(200);
    expect((await visit(zone.subdomain, "/p.css")).headers.get("x-cache")).toBe("MISS");
    const stranger = { zone: zone.id, path: "https://elsewhere.example.com/p.css" };
    const refused = await call("/v1/purge", { method: "POST", key: customer.live, body: stranger });
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain(hostname);
  });

  it("blocks a URL of one of them on all", async () => {
    const { hostname } = await activeHostname(network, customer.live, zone.id);
    await operated("/takedowns", { url: `https://${hostname}/leak/*`, reference: "T-1" });
    expect(await wordAt(hostname, "/leak/a.css")).toBe("451 taken-down");
    expect(await wordAt(zone.subdomain, "/leak/a.css")).toBe("451 taken-down");
  });

  it("keeps clients on the hostname that they asked, and refuses redirects that never end", async () => {
    const { hostname } = await activeHostname(network, customer.live, zone.id);
    network.origin = () => new Response(null, { status: 301, headers: { location: `http://${hostname}/b.css` } });
    const redirect = await visit(hostname, "/a.css", { redirect: "manual" });
    expect(redirect.headers.get("location")).toBe("/b.css");
    expect(await wordOf(await visit(hostname, "/b.css", { redirect: "manual" }))).toBe("508 redirect-loop");
  });

  it("lets no cookie out to the domain above one of them", async () => {
    const own = await newZone(customer.live, { settings: { forward: { cookies: true } } });
    const { hostname } = await activeHostname(network, customer.live, own.id);
    network.origin = () => new Response("a", { headers: { "set-cookie": "a=b; Domain=example.com; Path=/" } });
    const answer = await visit(hostname, "/login");
    expect(answer.headers.getSetCookie()).toEqual(["a=b; Path=/"]);
    await answer.text();
  });

  it("forgets what an unsafe method changed under another of its hostnames", async () => {
    const changing = await newZone(customer.live, { settings: { methods: "all", rewrite_redirects: false } });
    const { hostname } = await activeHostname(network, customer.live, changing.id);
    await wordAt(changing.subdomain, "/list.json");
    network.origin = ({ method }) =>
      method === "POST"
        ? new Response("ok", { headers: { "content-location": `https://${hostname}/list.json` } })
        : new Response("new", { headers: { "cache-control": "max-age=600" } });
    expect(await (await visit(changing.subdomain, "/list.json")).text()).toBe("from the origin");
    await (await visit(changing.subdomain, "/add", { method: "POST" })).text();
    expect(await (await visit(hostname, "/list.json")).text()).toBe("new");
  });
});

describe("a restore of the database", () => {
  it("has a hostname lead where the database says, whatever was published since", { timeout: 60_000 }, async () => {
    const lost = await activeHostname(network, customer.live, zone.id);
    const kept = await activeHostname(network, customer.live, zone.id);
    for (const table of ["hostnames", "hosts"])
      await env.DB.prepare(`DELETE FROM ${table} WHERE hostname = ?1`).bind(lost.hostname).run();
    expect(await wordAt(lost.hostname)).toMatch(/^200/);
    let cursor: string | null = null;
    do ({ cursor } = await operated<{ cursor: string | null }>("/restore", { cursor }));
    while (cursor !== null);
    expect(await wordAt(lost.hostname)).toBe("404 unknown-host");
    expect(await wordAt(kept.hostname)).toMatch(/^200/);
  });
});

describe("a hostname that could not be published", () => {
  it("is not acknowledged, and is published by the next check or by the cron", async () => {
    const made = await claim(customer.live, zone.id);
    prove(network, made);
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const broken = vi.spyOn(env.ZONES, "put").mockRejectedValue(new Error("KV is down"));
    const answer = await call(`/v1/zones/${zone.id}/hostnames/${made.hostname}/check`, {
      method: "POST",
      key: customer.live,
    });
    broken.mockRestore();
    logged.mockRestore();
    expect([200, 503]).toContain(answer.status);
    await cronAfter(1);
    expect(await wordAt(made.hostname)).toMatch(/^200/);
  });
});
