import { asPrivate } from "../../http/as-private.ts";
import { boundCacheControl } from "../../http/bound-cache-control.ts";
import { appendCacheStatus, formatCacheStatus, formatShieldStatus } from "../../http/cache-status.ts";
import { dropTargeted } from "../../http/targeted-cache-control.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import { fieldOf, type StoredResponse } from "../cache/stored-response.ts";
import type { Provenance } from "../fill/provenance.ts";
import { browserCacheControl } from "./browser-cache-control.ts";
import { boundError, mostOfError, settingsForError } from "./error-fields.ts";

/** Sets the fields that change as a response ages. It may be called again on the same fields. */
export function stampAge(
  headers: Headers,
  stored: StoredResponse,
  { cacheStatus, age, above }: Provenance,
  { settings, ruled }: Pick<ZoneDocument, "settings" | "ruled">,
): void {
  if (age !== null) headers.set("age", String(age));
  const since = age ?? Math.floor(stored.initialAge);
  const said = fieldOf(stored, "cache-control");
  const most = mostOfError(stored, settings);
  if (most !== null) boundError(headers, stored, most);
  const cacheControl =
    most === null
      ? browserCacheControl(stored, said, since, settings)
      : browserCacheControl(
          stored,
          said && boundCacheControl(said, most),
          since,
          settingsForError(stored, since, settings),
        );
  if (cacheControl !== null) {
    headers.set("cache-control", cacheControl);
    headers.delete("expires");
  }
  if (ruled?.isPrivate) {
    headers.set("cache-control", asPrivate(headers.get("cache-control")));
    dropTargeted(headers);
  }
  // RFC 9211 §2: each cache appends its own entry.
  const own = formatCacheStatus(cacheStatus);
  const ours = above === undefined ? own : `${formatShieldStatus(above)}, ${own}`;
  headers.set("cache-status", appendCacheStatus(fieldOf(stored, "cache-status"), ours));
}
