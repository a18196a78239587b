import fc from "fast-check";
import { DEFAULT_SETTINGS, type ZoneSettings } from "../../src/zones/settings.ts";
import { hostileRequest } from "./hostile.ts";
import { MANNERS } from "./manners.ts";
import { plainRequest } from "./plain.ts";
import type { Act, Attack } from "./play-attack.ts";
import { ZONES, type ZoneKind } from "./zones.ts";

const path = fc
  .oneof(
    { weight: 30, arbitrary: fc.constantFrom(...Object.keys(MANNERS).filter((name) => name !== "large.js")) },
    { weight: 1, arbitrary: fc.constant("large.js") },
  )
  .map((name) => `/${name}`);

const act = (kind: ZoneKind): fc.Arbitrary<Act> => {
  const settings: ZoneSettings = { ...DEFAULT_SETTINGS, ...ZONES[kind] };
  return fc.oneof(
    { weight: 24, arbitrary: hostileRequest(settings).map((request): Act => ({ do: "hostile", ...request })) },
    { weight: 20, arbitrary: plainRequest.map((request): Act => ({ do: "plain", ...request })) },
    { weight: 3, arbitrary: fc.constant<Act>({ do: "pause" }) },
    { weight: 3, arbitrary: fc.constant<Act>({ do: "resume" }) },
    { weight: 3, arbitrary: fc.constantFrom(1, 3, 15, 65, 100_000).map((seconds): Act => ({ do: "pass", seconds })) },
    { weight: 1, arbitrary: fc.boolean().map((soft): Act => ({ do: "purge", soft })) },
  );
};

/** Random attacks, which shrink to short ones. */
export const attacks: fc.Arbitrary<Attack> = fc.constantFrom(...(Object.keys(ZONES) as ZoneKind[])).chain((kind) =>
  fc.record({
    kind: fc.constant(kind),
    paths: fc.tuple(path, path),
    acts: fc.array(act(kind), { minLength: 2, maxLength: 14, size: "max" }),
  }),
);
