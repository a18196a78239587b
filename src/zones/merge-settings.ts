import type { StoredSettings } from "./settings.ts";
import type { SettingsPatch } from "./settings-schema.ts";

/**
 * Applies a change to what a customer has set, as JSON Merge Patch does (RFC 7396): objects are merged name by name, anything
 * else is replaced, and null removes a name, so that its default counts again. One exception: inside `ttl` null is a value of
 * its own ("only the origin's freshness"); `"ttl": null` puts all its defaults back. The target of `logs` is replaced as a
 * whole, since each kind of target has its own names.
 */
export function mergeSettings(stored: StoredSettings, patch: SettingsPatch): StoredSettings {
  const merged = new Map<string, unknown>(Object.entries(stored));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else if (!isObject(value)) merged.set(name, value);
    else if (name === "ttl") merged.set(name, { ...stored.ttl, ...value });
    else if (name === "logs") merged.set(name, withoutNulls({ ...stored.logs, ...value }));
    else merged.set(name, mergedObject(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

function withoutNulls(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mergedObject(before: unknown, patch: object): object {
  const merged = new Map<string, unknown>(isObject(before) ? Object.entries(before) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, isObject(value) ? mergedObject(merged.get(name), value) : value);
  }
  return Object.fromEntries(merged);
}
