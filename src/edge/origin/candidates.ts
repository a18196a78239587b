import { onceFor } from "../../memo/once-for.ts";
import type { OriginAuth } from "../../zones/origin-settings.ts";
import type { ZoneDocument } from "../../zones/zone.ts";

/** A server that a zone's requests may go to. */
export interface Candidate {
  /** Its name for clients and logs; null: the zone has just one. */
  name: string | null;
  /** Tells it apart from an earlier origin of the same name. */
  id: string;
  /** `scheme://host[:port]`. */
  base: string;
  /** The path after that, without a slash at its end; `""`: none. */
  prefix: string;
  /** `Host`; null: its own. */
  host: string | null;
  /** Set on requests to this one only: a field that is meant for one origin may be its password. */
  headers: Readonly<Record<string, string>>;
  auth: OriginAuth | null;
  /** Its share of the requests that go to it first. */
  weight: number;
  isDrained: boolean;
  /** It stands in if all others fail, and may be somebody else's server. */
  isFallback: boolean;
  /** Derived from its secret, see `credentials.ts`; undefined: not yet. */
  credentials?: Credentials | null;
}

/** The contents of an opened secret. */
export type Credentials =
  | { kind: "authorization"; value: string }
  | { kind: "s3"; region: string; accessKeyId: string; secret: string; derived: Map<string, ArrayBuffer> };

type Servers = Pick<ZoneDocument, "origin" | "settings"> & Partial<Pick<ZoneDocument, "ruled">>;

/**
 * The servers of a zone in its order, prepared once for each zone as it is for a request, of which an isolate keeps few. The
 * fallback origin is the last.
 */
export const candidatesOf = onceFor((zone: Servers): readonly Candidate[] => [...originsOf(zone), ...fallbackOf(zone)]);

/** Whether the cron's check found an origin down. */
export function isCheckedDown({ name }: Candidate, { origins_down }: Pick<ZoneDocument, "origins_down">): boolean {
  return name !== null && origins_down?.includes(name) === true;
}

function originsOf({ origin, settings, ruled }: Servers): Candidate[] {
  const { origins, origin_host, origin_headers, origin_auth } = settings;
  const single = { name: null, weight: 1, isDrained: false, isFallback: false } as const;
  if (origins.length === 0)
    return [{ ...single, ...placeOf(origin), host: origin_host, headers: origin_headers, auth: origin_auth }];
  return origins.map((listed, index) => {
    const isFirst = index === 0;
    return {
      ...placeOf(listed.url),
      name: listed.name,
      id: `${listed.name} ${listed.url}`,
      host: listed.host ?? (isFirst ? origin_host : null),
      headers: { ...(isFirst ? origin_headers : changedBy(ruled)), ...listed.headers },
      auth: listed.auth ?? (isFirst ? origin_auth : null),
      weight: listed.weight ?? (isFirst ? 1 : 0),
      isDrained: listed.drain === true,
      isFallback: false,
    };
  });
}

/** Changes that rules make to request fields hold for each origin. For the first one they are in `origin_headers` already. */
function changedBy(ruled: Servers["ruled"]): Record<string, string> {
  const changes = Object.entries(ruled?.requestFields ?? {});
  return Object.fromEntries(changes.filter((change): change is [string, string] => change[1] !== null));
}

function fallbackOf({ settings: { fallback_origin: url, fallback_headers: headers } }: Servers): Candidate[] {
  if (url === null) return [];
  const fallback = { name: null, weight: 0, isDrained: false, isFallback: true, host: null, auth: null };
  return [{ ...fallback, ...placeOf(url), headers }];
}

function placeOf(url: string): Pick<Candidate, "id" | "base" | "prefix"> {
  const path = url.indexOf("/", url.indexOf("//") + 2);
  return path === -1
    ? { id: url, base: url, prefix: "" }
    : { id: url, base: url.slice(0, path), prefix: url.slice(path) };
}
