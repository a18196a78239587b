import { appendCacheStatus, formatCacheStatus } from "../../http/cache-status.ts";
import type { ZoneSettings } from "../../zones/settings.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import type { Provenance } from "../fill/provenance.ts";
import { browserCacheControl } from "./browser-cache-control.ts";

/** Sets the fields that change as a response ages. May be applied again to the same fields. */
export function stampAge(
  headers: Headers,
  stored: StoredResponse,
  { cacheStatus, age }: Provenance,
  settings: ZoneSettings,
): void {
  if (age !== null) headers.set("age", String(age));
  const cacheControl = browserCacheControl(
    stored,
    fieldOf(stored, "cache-control"),
    age ?? Math.floor(stored.initialAge),
    settings,
  );
  if (cacheControl !== null) {
    headers.set("cache-control", cacheControl);
    headers.delete("expires");
  }
  // RFC 9211 §2: each cache appends its own.
  headers.set("cache-status", appendCacheStatus(fieldOf(stored, "cache-status"), formatCacheStatus(cacheStatus)));
}

function fieldOf(stored: StoredResponse, name: string): string | null {
  return stored.headers.find(([field]) => field === name)?.[1] ?? null;
}
