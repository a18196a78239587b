import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { ZoneDocument } from "../../src/zones/zone.ts";
import { call, customerOf, newName, newZone } from "../support/control-plane.ts";

const customer = customerOf(beforeAll);

const patch = (id: string, body: unknown) => call(`/v1/zones/${id}`, { method: "PATCH", key: customer.live, body });

describe("origin_host", () => {
  it.each([
    ["rescdn.io", "rescdn.io"],
    ["RESCDN.localhost:8787", "rescdn.localhost:8787"],
    ["rescdn.io.", "rescdn.io"],
  ])("may be the zone's own host, below %s", async (below, kept) => {
    const zone = await newZone(customer.live);
    const answer = await patch(zone.id, { settings: { origin_host: `${zone.name}.${below}` } });
    expect(await answer.json()).toMatchObject({ settings: { origin_host: `${zone.name}.${kept}` } });
    expect((await env.ZONES.get<ZoneDocument>(`zone:${zone.name}`, "json"))?.settings.origin_host).toBe(
      `${zone.name}.${kept}`,
    );
  });

  it.each([
    ["another zone's", () => "another-zone.rescdn.io"],
    ["one below it", (name: string) => `below.${name}.rescdn.io`],
    ["one with a port that is none for origins", (name: string) => `${name}.rescdn.io:25`],
    ["one with a path", (name: string) => `${name}.rescdn.io/`],
    ["the domain above it", () => "rescdn.io"],
  ])("may not be %s", async (_, host) => {
    const zone = await newZone(customer.live);
    expect((await patch(zone.id, { settings: { origin_host: host(zone.name) } })).status).toBe(422);
    expect((await patch(zone.id, { settings: { fallback_origin: `https://${zone.name}.rescdn.io` } })).status).toBe(
      422,
    );
  });

  it("may be the zone's own where it is made, too", async () => {
    const name = newName();
    const zone = await newZone(customer.live, { name, settings: { origin_host: `${name}.rescdn.io` } });
    expect(zone.settings.origin_host).toBe(`${name}.rescdn.io`);
  });
});
