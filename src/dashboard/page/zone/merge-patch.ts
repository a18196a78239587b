import { isPlainObject } from "../schema/shape.ts";

/**
 * What changes one value into another (RFC 7396): of objects what differs, with null for what goes; the new value else, and of
 * one of several kinds of object, which its type tells apart.
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

/** Whether two values say the same; the order of names does not count. */
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
