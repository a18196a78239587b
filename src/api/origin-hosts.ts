import type { ZoneRow } from "../zones/rows.ts";

/** The hosts that a zone asks: none of its own hostnames may be among them. */
export function hostsOfOrigins({ origin, settings }: Pick<ZoneRow, "origin" | "settings">): string[] {
  const urls = [origin, settings.fallback_origin ?? null];
  return urls.flatMap((url) => (url === null ? [] : [new URL(url).hostname]));
}
