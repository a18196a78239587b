import { isoSeconds } from "../../db/iso-seconds.ts";
import { currentAge } from "../../http/reuse.ts";
import type { PurgeReport, StoredReport, TargetReport, WhyReport } from "../../why/report.ts";
import { extensionOf } from "../../zones/asset-types.ts";
import { matchingMarks, type PurgeLog } from "../../zones/purge/purge-log.ts";
import type { ZoneSettings } from "../../zones/settings.ts";
import { wordOf } from "../answer/policy-answer.ts";
import { freshnessPolicy } from "../cache/freshness-policy.ts";
import { fieldOf, type StoredResponse } from "../cache/stored-response.ts";
import type { Ruling } from "../policy/judge.ts";
import type { Target } from "../request/target.ts";
import type { SeenResponse } from "./look.ts";
import { lifetimeOf, told } from "./told.ts";

/** What a request asks of its zone. */
export function targetReport(target: Target, settings: ZoneSettings): TargetReport {
  const { path, query, key, asset } = target;
  const headers = new Headers(asset === null ? {} : { "content-type": asset.contentType });
  const { ttl, mode } = freshnessPolicy(target, { status: 200, headers }, settings);
  const extension = extensionOf(path);
  const setting = Object.hasOwn(settings.ttl_by_extension, extension)
    ? `ttl_by_extension.${extension}`
    : `ttl.${asset?.type ?? "other"}`;
  return {
    path,
    query,
    key,
    asset: asset && { type: asset.type, content_type: asset.contentType },
    ttl: { seconds: ttl, setting, mode },
  };
}

/** The zone's rules that match. */
export function rulesOf({ matched, document }: Ruling): WhyReport["rules"] {
  return matched.map((place) => {
    const rule = document.settings.rules[place]!;
    return { place, name: rule.name ?? null, does: Object.keys(rule.do) };
  });
}

/** What the zone's policy says about the client. @param isUnjudged something bars the request before the policy */
export function accessReport({ answer, until }: Ruling, isUnjudged: boolean): WhyReport["access"] {
  if (isUnjudged) return { verdict: "not judged", word: null, until: null };
  const word = answer && wordOf(answer);
  return {
    verdict: answer === null ? "passes" : word === null ? "answered" : "refused",
    word: word && told(word),
    until: until === null ? null : isoSeconds(until),
  };
}

const MOST_HASHES = 50;

/** What is stored. @param now ms since the epoch */
export function storedReport(found: SeenResponse | null, now: number): StoredReport | null {
  if (found === null) return null;
  const { where, stored, use } = found;
  const age = currentAge(stored, now);
  return {
    where,
    use: use.kind,
    status: stored.status,
    content_type: fieldOf(stored, "content-type"),
    size: stored.size,
    etag: fieldOf(stored, "etag") ?? stored.computedEtag,
    last_modified: fieldOf(stored, "last-modified"),
    stored_at: isoSeconds(stored.answeredAt),
    age,
    ttl: use.kind === "purged" ? stored.lifetime - age : use.ttl,
    lifetime: lifetimeOf(stored),
    vary: stored.vary === "*" ? ["*"] : [...stored.vary],
    variant: stored.variant,
    tags: stored.tagHashes?.length ?? 0,
    tag_hashes: (stored.tagHashes ?? []).slice(0, MOST_HASHES),
    zone_version: stored.zoneVersion,
  };
}

/** The zone's purges that match what is asked for, newest first; purges by tag only if it is stored here. */
export function purgesOf(log: PurgeLog, { path, query }: Target, stored: StoredResponse | null): PurgeReport[] {
  return matchingMarks(log, { path, query, tagHashes: stored?.tagHashes ?? [] })
    .flatMap(({ kind, name, mark: [hard, soft, softAt] }) => [
      { kind, name: name || null, soft: false, version: hard, at: null },
      { kind, name: name || null, soft: true, version: soft, at: soft > 0 ? isoSeconds(softAt) : null },
    ])
    .filter(({ version }) => version > 0)
    .map((purge) => ({ ...purge, hits: stored !== null && purge.version > stored.zoneVersion }))
    .sort((a, b) => b.version - a.version);
}
