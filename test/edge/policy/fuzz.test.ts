import { expect, it } from "vitest";
import type { Clients } from "../../../src/edge/policy/clients.ts";
import { Rules } from "../../../src/edge/policy/rules.ts";
import type { Route } from "../../../src/edge/request/routes.ts";
import { completeSettings, type StoredSettings } from "../../../src/zones/settings.ts";
import { settingsSchema } from "../../../src/zones/settings-schema.ts";
import { anyRules, chance } from "../../support/any-rules.ts";
import { zoneDocument } from "../../support/zone-document.ts";

const DOCUMENTS = 3_000;

const ROUTES = [
  "/",
  "/a/b.js?x=1&a=b",
  "/x1y2z%2f",
  "//evil.example/..;/",
  `/${"a/".repeat(4_000)}?${"a=b&".repeat(2_000)}`,
].map((path): Route => ({ url: new URL(`https://zone.example${path}`), surface: { kind: "unknown" }, target: null }));
const CLIENTS: Clients = { addressOf: () => null, asnOf: () => null, countryOf: () => "DE", schemeOf: () => "https" };
const HEADERS = new Headers({ "x-a": "b", "user-agent": "ab".repeat(4_000) });

it(`takes any of ${DOCUMENTS} documents of rules or says what is wrong with it, and what it takes answers any request`, () => {
  const next = chance(20_261_128);
  let taken = 0;
  for (let i = 0; i < DOCUMENTS; i++) {
    const rules = anyRules(next);
    const checked = settingsSchema.safeParse({ rules });
    if (!checked.success) {
      expect(checked.error.issues.length, JSON.stringify(rules)).toBeGreaterThan(0);
      continue;
    }
    taken++;
    const stored = JSON.parse(JSON.stringify(checked.data)) as StoredSettings;
    const { rules: list } = completeSettings(stored);
    const ready = new Rules(zoneDocument({ rules: list ?? [] }));
    for (const route of ROUTES) {
      const { target, answer, zone } = ready.decide({
        request: new Request(route.url, { headers: HEADERS }),
        route,
        clients: CLIENTS,
      });
      expect(target.key).toMatch(/^zone_1(?::[\w-]{22})?\//);
      const fields = {
        ...zone.settings.response_headers,
        ...(answer?.kind === "redirect" && { location: answer.location }),
      };
      expect(() => new Headers(fields), JSON.stringify(rules)).not.toThrow();
    }
  }
  expect(taken).toBeGreaterThan(DOCUMENTS / 4);
  expect(taken).toBeLessThan((DOCUMENTS * 3) / 4);
}, 120_000);
