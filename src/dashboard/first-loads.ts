import { periodsOf } from "./period.ts";

/** What a page loads first. Otherwise, one load would wait for the other. */
export interface FirstLoad {
  /** Modules in `page/` besides the one that every page has. */
  modules: readonly string[];
  /** What it reads from the API, as paths with their queries. */
  reads: readonly string[];
}

const NOTHING: FirstLoad = { modules: [], reads: [] };

/** For pages whose path has no parameter. */
const FIXED: Readonly<Record<string, FirstLoad>> = {
  "/zones/new": { modules: ["views/new-zone.tsx"], reads: [] },
  "/keys": { modules: ["views/keys.tsx"], reads: ["/v1/keys?limit=50"] },
  "/usage": { modules: ["views/usage.tsx"], reads: ["/v1/quota"] },
  "/audit": { modules: ["views/audit.tsx"], reads: ["/v1/audit?limit=50"] },
  "/members": { modules: ["views/members.tsx"], reads: ["/v1/members"] },
  "/account": { modules: ["views/account.tsx"], reads: [] },
  "/operator": { modules: ["views/operator.tsx"], reads: ["/admin/accounts?limit=50"] },
  "/records": { modules: ["views/records.tsx"], reads: ["/api/v1/namespaces?page=1&per_page=50"] },
  "/webhooks": { modules: ["views/webhooks.tsx"], reads: ["/api/v1/webhooks?per_page=100"] },
};
const ZONES: FirstLoad = { modules: ["views/zones.tsx"], reads: ["/v1/zones?limit=50", "/v1/usage"] };

/**
 * What the page at a path loads first for a signed-in person. The Worker names it in `Link`, so that it is on its way before
 * the page's own code runs, which then asks for the same.
 *
 * @param now ms since the epoch
 */
export function firstLoad(pathname: string, now: number): FirstLoad {
  const path = pathname.replace(/(?<=.)\/$/, "");
  if (path === "/" || path === "/zones") return ZONES;
  if (Object.hasOwn(FIXED, path)) return FIXED[path]!;
  const [, zones, zone, part] = path.split("/");
  if (zones === "records" && zone !== undefined) return { modules: ["views/namespace.tsx"], reads: [] };
  if (zones !== "zones" || zone === undefined || !/^[\w-]+$/.test(zone)) return NOTHING;
  const read = `/v1/zones/${zone}`;
  if (part !== undefined) return { modules: ["zone/zone.tsx", `zone/zone-${part}.tsx`], reads: [read] };
  const usage = [0, 1].map((back) => new URLSearchParams({ zone, ...periodsOf("24h", "hour", back, now)[0]! }));
  return {
    modules: ["zone/zone.tsx", "zone/zone-overview.tsx"],
    reads: [read, ...usage.map((of) => `/v1/usage?${of}`)],
  };
}
