import type { OriginHealthQuestion, OriginHealthReport } from "./origin-health-report.ts";
import type { CacheWord, Word } from "./words.ts";

/** What somebody wants to know about a URL. */
export interface WhyQuestion {
  url: string;
  method: string;
  headers: readonly (readonly [name: string, value: string])[];
  /** Only zones of this owner are answered about; `zones`: ids, null for all of them. */
  owner: { account: string; mode: "live" | "test"; zones: readonly string[] | null };
  /** Where to assume the client is. */
  client: WhyClient;
  /** Whether to ask the origin too, beside what the caches know. */
  asksOrigin: boolean;
}

export interface WhyClient {
  address: string | null;
  country: string | null;
  asn: number | null;
}

/** An origin to look at before there is a zone. */
export interface OriginQuestion {
  /** `scheme://host[:port]`, checked by the origin guard. */
  origin: string;
  path: string;
}

/** Answers such questions: the edge in the same isolate, or in another process. */
export interface Inspector {
  /** Null: the URL does not belong to a zone of the owner's. */
  why(question: WhyQuestion, call: InspectedCall): Promise<WhyReport | null>;
  checkOrigin(question: OriginQuestion, call: InspectedCall): Promise<OriginReport>;
  /** Null: the edge does not know the zone. */
  originHealth(question: OriginHealthQuestion, call: InspectedCall): Promise<OriginHealthReport | null>;
}

/** The API call that asks. */
export interface InspectedCall {
  request: Request;
  waitUntil: (work: Promise<unknown>) => void;
}

/** A word of `Cache-Status` with its meaning. */
export interface ToldWord extends Word {
  word: CacheWord;
}

/** What the edge would do with a request, and why. */
export interface WhyReport {
  url: string;
  method: string;
  /** In one sentence. */
  summary: string;
  /** The same step by step. */
  story: string[];
  /** The location that answers. What is stored is reported as it is there. */
  location: string;
  zone: { id: string; name: string; mode: "live" | "test"; state: "active" | "paused" | "deleted"; version: number };
  /** `custom`: the customer's own hostname. */
  hostname: { name: string; custom: boolean };
  client: WhyClient;
  target: TargetReport;
  /** The matching rules, by their place in the zone's list. */
  rules: { place: number; name: string | null; does: string[] }[];
  access: { verdict: "passes" | "refused" | "answered" | "not judged"; word: ToldWord | null; until: string | null };
  decision: Decision;
  /** Null: nothing. */
  stored: StoredReport | null;
  /** The newest purges that apply to the URL. */
  purges: PurgeReport[];
  /** Whether requests to the origin go through the upper tier, and if not, why; null: there is none here. */
  tier: string | null;
  /** Null: it was not asked. */
  origin: OriginReport | null;
}

export interface TargetReport {
  path: string;
  query: string;
  key: string;
  /** Null: the name tells nothing. */
  asset: { type: string; content_type: string } | null;
  /**
   * The lifetime that the zone gives an answer with this name; null: only the origin's word counts. `setting`: where it is set.
   */
  ttl: { seconds: number | null; setting: string; mode: "respect" | "override" };
}

/**
 * - `hit`, `stale`: served from the cache, fresh or stale.
 * - `validate`: the origin is asked whether the stored response is still valid. `fetch`: it is asked for the whole.
 * - `wait`: another request is fetching it right now.
 * - `pass`: the origin is asked for this client only.
 * - `answer`: the edge answers by itself. `refuse`: it refuses.
 */
export interface Decision {
  kind: "hit" | "stale" | "validate" | "fetch" | "wait" | "pass" | "answer" | "refuse";
  /** Null: the origin decides. */
  status: number | null;
  asks_origin: boolean;
  /** As far as it is known before the origin answers. */
  cache_status: string;
  word: ToldWord | null;
}

export interface StoredReport {
  where: "memory" | "cache";
  use: "fresh" | "stale-while-revalidate" | "validate" | "purged";
  status: number;
  content_type: string | null;
  /** Bytes. */
  size: number | null;
  etag: string | null;
  last_modified: string | null;
  stored_at: string;
  /** Seconds; `ttl` is what remains, 0 or less if stale. */
  age: number;
  ttl: number;
  lifetime: LifetimeReport;
  /** The request fields that it was selected by, and their values. */
  vary: string[];
  variant: string;
  /** The number of tags, and their hashes, of which the first 50 are shown. */
  tags: number;
  tag_hashes: string[];
  /** The zone's version when the origin was asked for it: purges with a later one apply to it. */
  zone_version: number;
}

export interface LifetimeReport {
  seconds: number;
  source: string;
  /** The clause behind it, and the zone's setting; null: there is none. */
  law: string | null;
  setting: string | null;
}

export interface PurgeReport {
  kind: "everything" | "path" | "url" | "prefix" | "tag";
  /** The prefix, or the hash of a tag; null: the purge is of exactly this. */
  name: string | null;
  soft: boolean;
  /** The zone's version that the purge created. */
  version: number;
  /** Null: not known at the edge. */
  at: string | null;
  /** Whether it applies to what is stored here. */
  hits: boolean;
}

/** What an origin answers, and what the edge makes of it. */
export interface OriginReport {
  asked: string;
  /** Names of the request's fields. */
  sent: string[];
  reachable: boolean;
  /** Null: there was no answer. */
  status: number | null;
  /** Until the first byte. */
  milliseconds: number;
  /** Whether the fallback origin answered. */
  fallback: boolean;
  /** Response fields as they came; only the names of cookies. */
  fields: { name: string; value: string }[];
  /** Why there was no answer. */
  failure: ToldWord | null;
  verdict: StoreReport | null;
  /** In sentences. */
  story: string[];
}

export interface StoreReport {
  stored: boolean;
  /** Why not. */
  word: ToldWord | null;
  lifetime: LifetimeReport;
  /** The type that the origin states, and the one that clients get. */
  content_type: { said: string | null; sent: string | null };
  /** Bytes; null: unknown. */
  size: number | null;
  vary: string[];
  tags: string[];
}
