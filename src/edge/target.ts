import type { FreshnessPolicy } from "../http/freshness.ts";
import { normalisePath, normaliseQuery } from "../http/uri.ts";
import { type Asset, assetOf, extensionOf } from "../zones/asset-types.ts";
import type { ZoneSettings } from "../zones/settings.ts";
import type { ZoneDocument } from "../zones/zone.ts";

/** What a request asks of a zone, decided from the URL and the zone alone. */
export interface Target {
  /** Normalised path: asked of the origin, part of the key, matched against purges. */
  path: string;
  /** Query by the zone's rule, with its `?`, or `""`. */
  query: string;
  /** Cache key: zone id, path and query. What is not in here, or in the response's Vary, cannot tell two answers apart. */
  key: string;
  /** Null where the extension says nothing. */
  asset: Asset | null;
  freshness: FreshnessPolicy;
}

/** Decides path, key, asset type and edge TTL of a request. */
export function targetOf(url: URL, zone: Pick<ZoneDocument, "id" | "settings">): Target {
  const path = normalisePath(url.pathname);
  const query = normaliseQuery(url.search, zone.settings.query);
  const extension = extensionOf(path);
  const asset = assetOf(extension);
  return {
    path,
    query,
    key: zone.id + path + query,
    asset,
    freshness: {
      mode: zone.settings.ttl_mode,
      ttl: ttlOf(extension, asset, zone.settings),
      negativeTtl: zone.settings.negative_ttl,
    },
  };
}

function ttlOf(extension: string, asset: Asset | null, settings: ZoneSettings): number | null {
  if (Object.hasOwn(settings.ttl_by_extension, extension)) return settings.ttl_by_extension[extension]!;
  return settings.ttl[asset?.type ?? "other"];
}
