import { describe, expect, it } from "vitest";
import { type ThroughTier, throughTier } from "../../../src/edge/tier/through-tier.ts";
import { NO_DIRECTIVES } from "../../../src/http/cache-control.ts";
import type { ZoneSettings } from "../../../src/zones/settings.ts";
import { zoneDocument } from "../../support/zone-document.ts";

const forwarding = (change: object) => ({ forward: { headers: [], cookies: false, authorization: false, ...change } });

describe("throughTier()", () => {
  it.each<[expected: ThroughTier, settings: Partial<ZoneSettings>, noStore?: boolean, stale?: object]>([
    ["through", {}],
    ["through", forwarding({ headers: ["accept-language"] })],
    ["off", { shield: false }],
    ["methods", { methods: "all" }],
    ["forwarded", forwarding({ cookies: true })],
    ["forwarded", forwarding({ authorization: true })],
    ["forwarded", forwarding({ client_ip: true })],
    ["forwarded", forwarding({ headers: "all" })],
    ["no-store", {}, true],
    ["through", {}, false, { lifetime: 60, reuse: {} }],
    ["no-cache", {}, false, { lifetime: 60, reuse: { noCache: true } }],
    ["without-lifetime", {}, false, { lifetime: 0, reuse: {} }],
  ])("is %j for %j", (expected, settings, noStore = false, stale = undefined) => {
    const directives = { ...NO_DIRECTIVES, noStore };
    const asked = { zone: zoneDocument(settings), directives };
    expect(throughTier(asked, (stale ?? null) as Parameters<typeof throughTier>[1])).toBe(expected);
  });
});
