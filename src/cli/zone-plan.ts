import { DEFAULT_SETTINGS } from "../zones/settings.ts";
import type { Schemas } from "./cli.ts";
import type { WantedZone } from "./project-file.ts";
import { isObject } from "./zone-changes.ts";

/** The existing zone. */
export interface FoundZone {
  zone: Schemas["Zone"];
  etag: string;
  hostnames: readonly string[];
}

/** One difference: `path` within the zone, undefined for what does not exist. */
export interface Difference {
  path: string;
  before: unknown;
  after: unknown;
}

/** What to do with a zone to make it as it is wanted. */
export type ZonePlan =
  | { kind: "same"; name: string }
  | { kind: "create"; name: string; wanted: WantedZone; differences: Difference[] }
  | {
      kind: "change";
      name: string;
      wanted: WantedZone;
      found: FoundZone;
      /** Null: only hostnames change. */
      change: Schemas["ZoneChange"] | null;
      claim: string[];
      release: string[];
      differences: Difference[];
    };

/** Compares a zone with what is wanted. @param found null: there is no zone with the name */
export function planZone(name: string, wanted: WantedZone, found: FoundZone | null): ZonePlan {
  if (found === null) return { kind: "create", name, wanted, differences: differencesOf({}, { ...wanted }) };
  const { zone } = found;
  const before = { origin: zone.origin, active: zone.active, settings: zone.settings };
  const after = {
    origin: wanted.origin,
    active: wanted.active ?? zone.active,
    settings: wanted.settings === undefined ? zone.settings : wholeSettings(wanted.settings),
  };
  const claim = (wanted.hostnames ?? []).filter((host) => !found.hostnames.includes(host.toLowerCase()));
  const kept = wanted.hostnames?.map((host) => host.toLowerCase());
  const release = kept === undefined ? [] : found.hostnames.filter((host) => !kept.includes(host));
  const settings = patchOf(before.settings, after.settings);
  const change = {
    ...(before.origin !== after.origin && { origin: after.origin }),
    ...(before.active !== after.active && { active: after.active }),
    ...(settings !== undefined && { settings: settings as Schemas["SettingsChange"] }),
  };
  const differences = [
    ...differencesOf(before, after),
    ...release.map((host) => ({ path: "hostnames", before: host, after: undefined })),
    ...claim.map((host) => ({ path: "hostnames", before: undefined, after: host })),
  ];
  if (differences.length === 0) return { kind: "same", name };
  const isChanged = Object.keys(change).length > 0;
  return { kind: "change", name, wanted, found, change: isChanged ? change : null, claim, release, differences };
}

/** All settings, with the defaults of those that are not given. */
function wholeSettings(settings: Schemas["SettingsChange"]): object {
  const whole = new Map<string, unknown>(Object.entries(DEFAULT_SETTINGS));
  for (const [name, value] of Object.entries(settings)) {
    if (value === null || value === undefined) continue;
    const byDefault = whole.get(name);
    const isPart = isObject(byDefault) && isObject(value);
    whole.set(name, isPart ? { ...byDefault, ...withoutNulls(value, name === "ttl") } : value);
  }
  return Object.fromEntries(whole);
}

/** In `ttl`, null is a value. */
function withoutNulls(value: object, areValues: boolean): object {
  return Object.fromEntries(Object.entries(value).filter(([, below]) => areValues || below !== null));
}

/** The API only shows that a secret exists, so secrets are left out of comparisons, and sent as a whole. */
function hidesSecret(before: unknown): before is object {
  return isObject(before) && "secret_set" in before;
}

function withoutSecret(before: object, after: object): [object, object] {
  const { secret_set: _, ...shown } = before as { secret_set: unknown };
  const secrets = ["password", "token", "secret", "secret_access_key"].filter((name) => !(name in shown));
  return [shown, Object.fromEntries(Object.entries(after).filter(([name]) => !secrets.includes(name)))];
}

/** The merge patch (RFC 7396) that turns one into the other. Undefined: they are the same. */
function patchOf(before: unknown, after: unknown): unknown {
  if (isSame(before, after)) return undefined;
  if (!isObject(before) || !isObject(after) || hidesSecret(before)) return after;
  const [old, wanted] = [
    new Map<string, unknown>(Object.entries(before)),
    new Map<string, unknown>(Object.entries(after)),
  ];
  const names = new Set([...old.keys(), ...wanted.keys()]);
  const patch = [...names].flatMap((name) => {
    if (!wanted.has(name)) return [[name, null] as const];
    const below = patchOf(old.get(name), wanted.get(name));
    return below === undefined ? [] : [[name, below] as const];
  });
  return Object.fromEntries(patch);
}

/** The differences, leaf by leaf. */
export function differencesOf(before: unknown, after: unknown, path = ""): Difference[] {
  if (isSame(before, after)) return [];
  if (hidesSecret(before) && isObject(after)) return differencesOf(...withoutSecret(before, after), path);
  if (!isObject(after) || !(isObject(before) || before === undefined)) return [{ path, before, after }];
  const [old, wanted] = [
    new Map<string, unknown>(Object.entries(before ?? {})),
    new Map<string, unknown>(Object.entries(after)),
  ];
  return [...new Set([...old.keys(), ...wanted.keys()])].flatMap((name) =>
    differencesOf(old.get(name), wanted.get(name), path === "" ? name : `${path}.${name}`),
  );
}

/** Values of headers to origins, and the destination of logs, may be credentials. Others read plans, and builds log them. */
export function withoutSecrets({ path, before, after }: Difference): Difference {
  const isSecret =
    /^settings\.(?:origin|fallback)_headers\b|^settings\.logs\.target\.url$|\.(?:password|token|secret|secret_access_key)$/.test(
      path,
    );
  const shown = (value: unknown) => (value === undefined ? undefined : isSecret ? HIDDEN : hiddenIn(value));
  return { path, before: shown(before), after: shown(after) };
}

const HIDDEN = "(hidden)";

function hiddenIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hiddenIn);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, below]) => {
      if (/^(?:password|token|secret|secret_access_key)$/.test(name)) return [name, HIDDEN];
      if (name === "target" && isObject(below) && "url" in below) return [name, { ...below, url: HIDDEN }];
      if (!/^(?:(?:request|origin|fallback)_)?headers$/.test(name) || !isObject(below)) return [name, hiddenIn(below)];
      return [name, Object.fromEntries(Object.keys(below).map((header) => [header, HIDDEN]))];
    }),
  );
}

/** Whether plans hide something in settings. */
export function holdsSecrets(settings: object): boolean {
  return !isSame(settings, hiddenIn(settings));
}

/** Whether the API has left something out of settings, as for a key that may not read all of them. */
export function isRedacted(value: unknown): boolean {
  if (typeof value === "string") return /^(?:https?:\/\/[^/]*\/)?\[redacted\]$/.test(value);
  return typeof value === "object" && value !== null && Object.values(value).some(isRedacted);
}

/** Whether two values mean the same; the order of names in objects does not matter. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((one, index) => isSame(one, b[index]));
  if (!isObject(a) || !isObject(b)) return a === b;
  if (hidesSecret(a)) return isSame(...withoutSecret(a, b));
  const [one, other] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return (
    one.size === other.size && [...one].every(([name, value]) => other.has(name) && isSame(value, other.get(name)))
  );
}
