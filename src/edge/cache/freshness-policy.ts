import type { FreshnessPolicy } from "../../http/freshness.ts";
import { type MediaType, mediaTypeOf } from "../../http/media-type.ts";
import { isSuccess } from "../../http/statuses.ts";
import { extensionOf } from "../../zones/asset-types.ts";
import type { ZoneSettings } from "../../zones/settings.ts";
import type { Target } from "../request/target.ts";
import { kindOf } from "./content-type.ts";

/**
 * What the zone says of an answer's freshness, by its name and, for a success, by its type.
 *
 * @param headers as clients get them
 */
export function freshnessPolicy(
  { path, asset }: Pick<Target, "path" | "asset">,
  { status, headers }: { status: number; headers: Headers },
  settings: ZoneSettings,
): FreshnessPolicy {
  const extension = extensionOf(path);
  const byExtension = Object.hasOwn(settings.ttl_by_extension, extension)
    ? settings.ttl_by_extension[extension]!
    : undefined;
  // The content of a redirect or an error is not what was asked for.
  const type = isSuccess(status) ? mediaTypeOf(headers.get("content-type")) : null;
  const kind = type === null ? (asset?.type ?? "other") : kindOf(asset, type);
  return {
    mode: settings.ttl_mode,
    ttl: byExtension ?? settings.ttl[kind],
    negativeTtl: settings.negative_ttl,
    maxErrorTtl: settings.max_error_ttl,
    maxHeuristic: mayBeGuessed(extension, type, settings) ? settings.max_heuristic_ttl : 0,
  };
}

const PAGE_NAME = /^(x|s)?html?$/;
const PLAYLIST_NAME = /^(m3u8?|mpd|f4m)$/;
const PLAYLIST_TYPE = /mpegurl$|\/dash\+xml$|\/vnd\.ms-sstr\+xml$/;

/**
 * Whether the time of its last change may tell how long an answer stays the same. It tells nothing for what points to something
 * else: a page, a playlist, a branch, an index. `/v1.2` ends in a number, not in an extension.
 */
function mayBeGuessed(extension: string, type: MediaType | null, settings: ZoneSettings): boolean {
  if (PAGE_NAME.test(extension) || PLAYLIST_NAME.test(extension)) return false;
  if (type !== null && (type.essence.includes("html") || PLAYLIST_TYPE.test(type.essence))) return false;
  return settings.heuristic_without_extension || /[a-z]/.test(extension);
}
