import { isPlainObject } from "../schema/shape.ts";

/**
 * The change from one value to another (RFC 7396): for objects the differences, with null for what is removed; otherwise the
 * new value, also if objects of several kinds are distinguished by their type.
 */
export function mergePatch(before: unknown, after: unknown): unknown {
  if (!isPlainObject(before) || !isPlainObject(after) || typeof after.type === "string") return after;
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const patch: Record<string, unknown> = {};
  for (const name of names) {
    if (isSame(before[name], after[name])) continue;
    patch[name] = after[name] === undefined ? null : mergePatch(before[name], after[name]);
  }
  return patch;
}

/** Whether two values mean the same; the order of names does not matter. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name])]),
  );
}
