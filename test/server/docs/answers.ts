import type { Shown } from "./blocks.ts";

/** How what a command has printed differs from what its guide shows below it: in its form, not in its values. */
export function differencesFrom({ language, code }: Shown, printed: string): string[] {
  return language === "http" ? missingFields(code, printed) : differentJson(code, printed);
}

function missingFields(shown: string, printed: string): string[] {
  const names = [...shown.matchAll(/^([\w-]+):/gm)].map(([, name]) => name!);
  const has = (name: string) => new RegExp(`^${name}:`, "im").test(printed);
  return names.filter((name) => !has(name)).map((name) => `its answer has no ${name}: ${printed.slice(0, 600)}`);
}

function differentJson(shown: string, printed: string): string[] {
  const expected: unknown = JSON.parse(shown);
  // Behind a head, where there is one (`curl -i`).
  const body = printed.slice(printed.search(/^[{[]/m));
  try {
    return differences(expected, JSON.parse(body), "the answer");
  } catch {
    return [`its answer is not JSON: ${printed.slice(0, 600)}`];
  }
}

function differences(expected: unknown, found: unknown, name: string): string[] {
  if (kindOf(expected) !== kindOf(found)) {
    // What may be absent is null in one of the two.
    if (expected === null || found === null) return [];
    return [`${name} is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`];
  }
  if (Array.isArray(expected)) {
    const [first] = found as unknown[];
    return expected.length > 0 && first === undefined
      ? [`${name} is empty`]
      : expected.slice(0, 1).flatMap((one) => differences(one, first, `${name}[0]`));
  }
  if (kindOf(expected) !== "object") return [];
  const fields = found as Record<string, unknown>;
  return Object.entries(expected as object).flatMap(([key, value]) =>
    key in fields
      ? differences(value, fields[key], `${name}.${key}`)
      : [`${name} has no ${key}: ${JSON.stringify(found)}`],
  );
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
