import type { RestContext } from "../rest/context.ts";
import { type FieldProblem, fieldProblems, withMore } from "../rest/field-problems.ts";
import { findZones } from "../zones/find-zones.ts";
import { Problem } from "./errors.ts";
import { scopeOf } from "./zone-in-scope.ts";
import { type Invalid, objectOf } from "./zone-problems.ts";

/** Reports everything else that is wrong with a new key that its schema refuses. */
export async function refuseWrongKey({ data, error }: Invalid, c: RestContext): Promise<never> {
  const { problems } = await checkedKey(c, objectOf(data));
  throw new Problem("invalid_request", { details: withMore(fieldProblems(error), problems) });
}

/**
 * The ids of the zones that a new key names by id or name, and what is wrong with it beyond its schema: zones that the caller
 * cannot see, which are reported as missing, and an expiry in the past.
 *
 * @param key as received
 */
export async function checkedKey(
  c: RestContext,
  { zones, expires }: { zones?: unknown; expires?: unknown },
): Promise<{ zoneIds: string[]; problems: FieldProblem[] }> {
  const named: readonly unknown[] = Array.isArray(zones) ? zones : [];
  const texts = named.filter((zone) => typeof zone === "string");
  const found = texts.length === 0 ? [] : await findZones(c.env.DB, scopeOf(c), texts);
  const ids = new Map(found.flatMap(({ id, name }) => [[name, id] as const, [id, id] as const]));
  const unknown = named.flatMap((zone, index) =>
    typeof zone !== "string" || zone === "" || ids.has(zone)
      ? []
      : [{ field: `zones.${index}`, message: `there is no zone ${JSON.stringify(zone)}` }],
  );
  const isPast = typeof expires === "string" && Date.parse(expires) <= c.var.now;
  return {
    zoneIds: texts.flatMap((zone) => ids.get(zone) ?? []),
    problems: isPast ? [...unknown, { field: "expires", message: "must be in the future" }] : unknown,
  };
}
