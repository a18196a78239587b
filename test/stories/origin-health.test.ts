import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { checkOrigins } from "../../src/origin-checks/check-origins.ts";
import { type Customer, call, newCustomer, newZone, textWithoutId } from "../support/control-plane.ts";
import { asset, originAt, pass, playEdge } from "../support/edge.ts";

playEdge();

let customer: Customer;
beforeAll(async () => {
  customer = await newCustomer();
});

/** A zone with two origins of its own, each scripted. */
async function twoOrigins(more: object[] = [{}, {}], failover: object = {}) {
  const servers = ["main", "spare"].map((name) =>
    originAt(`https://${name}-${crypto.randomUUID().slice(0, 8)}.example`),
  );
  const origins = servers.map(({ url }, index) => ({ name: ["main", "spare"][index], url, ...more[index] }));
  const zone = await newZone(customer.live, { origin: undefined, settings: { origins, failover } });
  for (const server of servers) server.answers(asset("fine", { "content-type": "text/css" }));
  let paths = 0;
  return {
    zone,
    main: servers[0]!,
    spare: servers[1]!,
    get: () => exports.default.fetch(new Request(`http://${zone.name}.rescdn.localhost/${++paths}.css`)),
    async health() {
      const answer = await call(`/v1/zones/${zone.name}/origins/health`, { key: customer.live });
      expect(answer.status).toBe(200);
      return answer.json<{ origins: Record<string, unknown>[] }>();
    },
  };
}

const down = asset("down", {}, 503);
const now = () => new Date().toISOString().replace(/\.\d+Z$/, "Z");

describe("GET /v1/zones/{id}/origins/health", () => {
  it("says which origin is asked, since when and why, as the requests of its location have shown", async () => {
    const { zone, main, get, health } = await twoOrigins();
    expect(await health()).toMatchObject({
      zone: zone.id,
      location: "LOCAL",
      upper_tier: false,
      checked: null,
      origins: [
        { name: "main", url: main.url, weight: 1, asked: "first", down: false, by_requests: null, by_checks: null },
        { name: "spare", weight: 0, asked: "next", down: false, by_requests: null, by_checks: null },
      ],
    });
    main.answers(down);
    for (let times = 0; times < 2; times++) await (await get()).text();
    expect((await health()).origins[0]).toMatchObject({ asked: "first", down: false });
    const since = now();
    await (await get()).text();
    const failing = await health();
    expect(failing.origins).toMatchObject([
      {
        asked: "last",
        down: true,
        by_requests: { down: true, since, at: since, status: null, word: { word: "origin-5xx" } },
        by_checks: null,
      },
      { asked: "first", down: false, by_requests: null },
    ]);
    pass(11);
    await (await get()).text();
    const tried = await health();
    expect(tried.origins[0], "it is down since then, however often it is tried").toMatchObject({
      asked: "last",
      by_requests: { down: true, since, word: { word: "origin-5xx" } },
    });
    main.answers(asset("fine", { "content-type": "text/css" }));
    pass(11);
    const back = now();
    await (await get()).text();
    await expect.poll(async () => (await health()).origins[0]!.asked).toBe("first");
    const told = { down: false, since: expect.any(String), status: null, word: null };
    expect((await health()).origins[0]).toMatchObject({ down: false, by_requests: told });
    const { since: returned } = (await health()).origins[0]!.by_requests as { since: string };
    expect(Date.parse(returned)).toBeGreaterThanOrEqual(Date.parse(back));
  });

  it("says what the checks have found, by which every location goes", async () => {
    const { main, health } = await twoOrigins([{}, {}], { check_path: "/health" });
    expect((await health()).origins[0]).toMatchObject({ by_checks: null });
    const run = async () => {
      pass(60);
      await checkOrigins(env, Date.now());
      return now();
    };
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    await run();
    const passed = { down: false, failures: 0, since: null, status: null, word: null };
    expect((await health()).origins).toMatchObject([{ by_checks: passed }, { by_checks: passed }]);
    main.answers(asset("no", {}, 403));
    const since = await run();
    expect((await health()).origins[0]).toMatchObject({ asked: "first", by_checks: { down: false, failures: 1 } });
    const checked = await run();
    expect(await health()).toMatchObject({
      checked,
      origins: [
        { asked: "last", down: true, by_requests: null, by_checks: { down: true, failures: 2, since, status: 403 } },
        { asked: "first", down: false, by_checks: passed },
      ],
    });
    main.answers(down);
    await run();
    expect((await health()).origins[0]).toMatchObject({
      by_checks: { failures: 3, since, status: 503, word: null },
    });
  });

  it("says who is asked by shares, who gets nothing, and of a single origin that it is the one", async () => {
    const shared = await twoOrigins([{ weight: 2 }, { weight: 1 }]);
    expect((await shared.health()).origins).toMatchObject([{ asked: "first" }, { asked: "first" }]);
    const drained = await twoOrigins([{ drain: true }, {}]);
    expect((await drained.health()).origins).toMatchObject([{ asked: "never" }, { asked: "first" }]);
    const { id, origin } = await newZone(customer.live);
    const only = await call(`/v1/zones/${id}/origins/health`, { key: customer.live });
    expect(await only.json()).toMatchObject({ origins: [{ name: null, url: origin, asked: "first", down: false }] });
  });

  it("answers about somebody else's zone as about one that is not there", async () => {
    const { zone } = await twoOrigins();
    const other = await newCustomer();
    const answers = await Promise.all(
      [zone.id, zone.name, "zone_missing"].map((id) => call(`/v1/zones/${id}/origins/health`, { key: other.live })),
    );
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    const [one, ...others] = await Promise.all(answers.map(textWithoutId));
    for (const text of others) expect(text).toBe(one);
  });
});
