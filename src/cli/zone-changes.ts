import type { Schemas } from "./cli.ts";
import { misused } from "./failed.ts";
import { textOf } from "./input.ts";

/** Fields of a zone that are not settings. */
const FIELDS = ["origin", "active"];
/** Values that are text, whatever they look like. */
const TEXTS = ["origin", "origin_host", "fallback_origin", "canonical", "robots_txt"];
const MAPS_OF_TEXTS = ["origin_headers", "response_headers", "fallback_headers", "error_pages"];

/**
 * Reads changes of a zone, each as `name=value`, where a dot leads into a setting (`ttl.css=60`). A value is JSON, or else
 * text; `null` restores the default; `@name` is the content of a file, and `-` the standard input.
 */
export async function readChanges(texts: readonly string[]): Promise<Schemas["ZoneChange"]> {
  const changes: object[] = [];
  for (const text of texts) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined)
      throw misused(
        `${JSON.stringify(text)} is not a change`,
        "write name=value, such as ttl.css=3600 or query=ignore",
      );
    const path = name.split(".");
    const read = valueAt(path, (await textOf(value)).replace(/\r?\n$/, ""));
    const whole = FIELDS.includes(path[0]!) ? path : ["settings", ...path];
    changes.push(whole.reduceRight<unknown>((inner, key) => ({ [key]: inner }), read) as object);
  }
  return changes.reduce(merged, {}) as Schemas["ZoneChange"];
}

function valueAt([first = "", ...below]: readonly string[], text: string): unknown {
  if (text === "null") return null;
  if (TEXTS.includes(first) || (MAPS_OF_TEXTS.includes(first) && below.length > 0)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function merged(before: object, change: object): object {
  const all = new Map<string, unknown>(Object.entries(before));
  for (const [name, value] of Object.entries(change)) {
    const old = all.get(name);
    all.set(name, isObject(old) && isObject(value) ? merged(old, value) : value);
  }
  return Object.fromEntries(all);
}

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
