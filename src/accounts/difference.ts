/** The parts of two states that differ. */
export interface Difference {
  before: object;
  after: object;
}

/** The differences between two states, name by name, also inside objects; a list differs as a whole. */
export function difference(before: object, after: object): Difference {
  const [was, is] = [new Map<string, unknown>(Object.entries(before)), new Map<string, unknown>(Object.entries(after))];
  const result = { before: {} as Record<string, unknown>, after: {} as Record<string, unknown> };
  for (const name of new Set([...was.keys(), ...is.keys()])) {
    const [old, current] = [was.get(name), is.get(name)];
    if (JSON.stringify(old) === JSON.stringify(current)) continue;
    const both = isObject(old) && isObject(current) ? difference(old, current) : { before: old, after: current };
    if (was.has(name)) result.before[name] = both.before;
    if (is.has(name)) result.after[name] = both.after;
  }
  return result;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
