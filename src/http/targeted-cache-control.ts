import { type BareItem, ParseError, parseDictionary, Token } from "structured-headers";
import {
  type CacheControl,
  type CacheControlDraft,
  DIRECTIVES,
  limitedTo,
  NO_DIRECTIVES,
  parseCacheControl,
} from "./cache-control.ts";
import { MAX_DELTA_SECONDS } from "./delta-seconds.ts";

/**
 * Reads `CDN-Cache-Control` (RFC 9213 §2.1), a structured Dictionary. Null: the field is absent, empty or invalid, so
 * `Cache-Control` and `Expires` apply. A known directive with a value of the wrong type makes the field invalid.
 */
export function parseCdnCacheControl(value: string | null): CacheControl | null {
  if (value === null) return null;
  const members = parseMembers(value);
  // RFC 9213 §2.1: "If a targeted field in a given response is empty, or a parsing error is encountered, that field
  // MUST be ignored by the cache".
  if (members === null || members.size === 0) return null;
  const draft: CacheControlDraft = { ...NO_DIRECTIVES };
  for (const [name, [item]] of members) {
    if (!consume(draft, name, item)) return null;
  }
  return draft;
}

/**
 * Reads `Surrogate-Control` (W3C Edge Architecture §2), which customers of other CDNs send. A directive may be meant for one
 * device only: `max-age=60;rescdn`. Null: nothing in it is for us.
 *
 * @param device our name in `Surrogate-Capability`
 */
function parseSurrogateControl(value: string | null, device: string): CacheControl | null {
  if (value === null) return null;
  const ours = value.split(",").flatMap((member) => {
    const [directive = "", ...targets] = member.split(";").map((part) => part.trim());
    return directive !== "" && targets.every((target) => target === device) ? [directive] : [];
  });
  return ours.length === 0 ? null : parseCacheControl(ours.join(","));
}

/** The name of this cache in `Surrogate-Capability`, `Surrogate-Control`, `Via` and `CDN-Loop`. */
export const DEVICE = "rescdn";

/** The directives that govern a response, and whether they are addressed to CDNs only. */
export interface EffectiveCacheControl {
  directives: CacheControl;
  targeted: boolean;
}

/** A longer field of directives is not read (characters): parsing tens of thousands of members takes a fifth of a second. */
const LONGEST = 4_096;

/** Governs a response whose directives are not read: one of them might forbid storing it. */
const UNREAD: CacheControl = Object.freeze({ ...NO_DIRECTIVES, noStore: true });

/** Whether one of the fields that may govern a response is too long to be read. */
export function isTooLongToRead(headers: Headers): boolean {
  return GOVERNING.some((name) => (headers.get(name)?.length ?? 0) > LONGEST);
}

const GOVERNING = ["cdn-cache-control", "surrogate-control", "cache-control"];

/**
 * The directives that govern a response at a CDN: those of a valid `CDN-Cache-Control`, else those of `Surrogate-Control`, else
 * those of `Cache-Control`; `no-store` if one of these fields is above 4 KB. RFC 9213 §2.2: with a valid targeted field a cache
 * "MUST ignore the Cache-Control and Expires header fields".
 */
export function effectiveCacheControl(headers: Headers): EffectiveCacheControl {
  if (isTooLongToRead(headers)) return { directives: UNREAD, targeted: false };
  const targeted =
    parseCdnCacheControl(headers.get("cdn-cache-control")) ??
    parseSurrogateControl(headers.get("surrogate-control"), DEVICE);
  if (targeted !== null) return { directives: targeted, targeted: true };
  return { directives: parseCacheControl(headers.get("cache-control")), targeted: false };
}

function parseMembers(value: string): ReturnType<typeof parseDictionary> | null {
  try {
    return parseDictionary(value);
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

/** False: the value does not have the type that the directive takes. */
function consume(draft: CacheControlDraft, name: string, item: BareItem | readonly unknown[]): boolean {
  const directive = DIRECTIVES.get(name);
  if (directive === undefined) return true;
  // RFC 9213 §2.1: "Implementations SHOULD NOT consume values that violate these inferred constraints."
  switch (directive.kind) {
    case "flag":
      draft[directive.name] = true;
      return item === true;
    case "fields": {
      const names = item instanceof Token ? item.toString() : item;
      if (names !== true && typeof names !== "string") return false;
      draft[directive.name] = limitedTo(false, names === true ? null : names);
      return true;
    }
    case "seconds":
      if (typeof item !== "number" || !Number.isInteger(item)) return false;
      draft[directive.name] = Math.min(Math.max(item, 0), MAX_DELTA_SECONDS);
      return true;
    default:
      return directive satisfies never;
  }
}

/**
 * Fields that tell certain caches on the way how long to keep a response, instead of its Cache-Control (RFC 9213 §2.1, and
 * older ones). Whoever overrides Cache-Control has to override these too.
 */
export function isTargeted(name: string): boolean {
  return name.endsWith("-cache-control") || OLDER_TARGETED.has(name);
}

/** For Edge Side Includes and Fastly, for Akamai, and for nginx. */
const OLDER_TARGETED: ReadonlySet<string> = new Set(["surrogate-control", "edge-control", "x-accel-expires"]);

/** The targeted fields among these, in lower case. */
export function targetedFields(headers: Headers): string[] {
  return [...headers.keys()].filter(isTargeted);
}

/** Removes all fields besides Cache-Control that tell caches on the way how long to keep a response. */
export function dropTargeted(headers: Headers): void {
  for (const name of targetedFields(headers)) headers.delete(name);
}
