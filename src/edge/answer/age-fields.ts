import { boundCacheControl } from "../../http/bound-cache-control.ts";
import { appendCacheStatus, formatCacheStatus } from "../../http/cache-status.ts";
import type { ZoneSettings } from "../../zones/settings.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import type { Provenance } from "../fill/provenance.ts";
import { browserCacheControl } from "./browser-cache-control.ts";
import { errorCacheControl, mostOfError, settingsForError } from "./error-cache-control.ts";

/** Sets the fields that change as a response ages. May be applied again to the same fields. */
export function stampAge(
  headers: Headers,
  stored: StoredResponse,
  { cacheStatus, age }: Provenance,
  settings: ZoneSettings,
): void {
  if (age !== null) headers.set("age", String(age));
  const cacheControl = cacheControlOf(stored, age ?? Math.floor(stored.initialAge), settings);
  if (cacheControl !== null) {
    headers.set("cache-control", cacheControl);
    headers.delete("expires");
  }
  const toCdns = stored.status >= 400 ? fieldOf(stored, "cdn-cache-control") : null;
  if (toCdns !== null) headers.set("cdn-cache-control", boundCacheControl(toCdns, mostOfError(stored, settings)));
  // RFC 9211 §2: each cache appends its own.
  headers.set("cache-status", appendCacheStatus(fieldOf(stored, "cache-status"), formatCacheStatus(cacheStatus)));
}

/** What clients are told in the place of the origin's word; null: its word. */
function cacheControlOf(stored: StoredResponse, age: number, settings: ZoneSettings): string | null {
  const origin = fieldOf(stored, "cache-control");
  if (stored.status < 400) return browserCacheControl(stored, origin, age, settings);
  const fields = { cacheControl: origin, expires: fieldOf(stored, "expires"), date: fieldOf(stored, "date") };
  const bounded = errorCacheControl(stored, fields, settings);
  const shown = browserCacheControl(stored, bounded, age, settingsForError(stored, age, settings));
  return shown ?? (bounded === origin ? null : bounded);
}

function fieldOf(stored: StoredResponse, name: string): string | null {
  return stored.headers.find(([field]) => field === name)?.[1] ?? null;
}
