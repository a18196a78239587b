import type { OriginHealthQuestion, OriginHealthReport } from "./origin-health-report.ts";
import type { CacheWord, Word } from "./words.ts";

/** What somebody wants to know of a URL. */
export interface WhyQuestion {
  url: string;
  method: string;
  headers: readonly (readonly [name: string, value: string])[];
  /** Whose zones are answered about, and nobody else's; `zones`: ids, null for all of them. */
  owner: { account: string; mode: "live" | "test"; zones: readonly string[] | null };
  /** Where the client is said to be. */
  client: WhyClient;
  /** Whether the origin is asked, beside what the caches know. */
  asksOrigin: boolean;
}

export interface WhyClient {
  address: string | null;
  country: string | null;
  asn: number | null;
}

/** An origin that is to be looked at before there is a zone. */
export interface OriginQuestion {
  /** `scheme://host[:port]`, checked by the origin guard. */
  origin: string;
  path: string;
}

/** What answers such questions: the edge of the isolate, or that of another process. */
export interface Inspector {
  /** Null: the URL is of no zone of the owner's. */
  why(question: WhyQuestion, call: InspectedCall): Promise<WhyReport | null>;
  checkOrigin(question: OriginQuestion, call: InspectedCall): Promise<OriginReport>;
  /** Null: the zone is not known at the edge. */
  originHealth(question: OriginHealthQuestion, call: InspectedCall): Promise<OriginHealthReport | null>;
}

/** The call of the API that asks. */
export interface InspectedCall {
  request: Request;
  waitUntil: (work: Promise<unknown>) => void;
}

/** A word of `Cache-Status` with what it means. */
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
  /** The location that answers: what is stored is told as it is there. */
  location: string;
  zone: { id: string; name: string; mode: "live" | "test"; state: "active" | "paused" | "deleted"; version: number };
  /** `custom`: a hostname of the customer's own. */
  hostname: { name: string; custom: boolean };
  client: WhyClient;
  target: TargetReport;
  /** The rules that match, by their place in the zone's list. */
  rules: { place: number; name: string | null; does: string[] }[];
  access: { verdict: "passes" | "refused" | "answered" | "not judged"; word: ToldWord | null; until: string | null };
  decision: Decision;
  /** Null: nothing. */
  stored: StoredReport | null;
  /** The newest purges that are of what is asked for. */
  purges: PurgeReport[];
  /** Whether what the origin is asked for goes through the upper tier, and if not, why; null: there is none here. */
  tier: string | null;
  /** Null: it was not asked. */
  origin: OriginReport | null;
}

export interface TargetReport {
  path: string;
  query: string;
  key: string;
  /** Null: the name says nothing. */
  asset: { type: string; content_type: string } | null;
  /** What the zone gives an answer of this name; null: only what the origin says counts. `setting`: which says so. */
  ttl: { seconds: number | null; setting: string; mode: "respect" | "override" };
}

/**
 * - `hit`, `stale`: served out of the cache, fresh or stale.
 * - `validate`: the origin is asked whether what is stored still holds. `fetch`: it is asked for the whole.
 * - `wait`: another request is bringing it just now.
 * - `pass`: the origin is asked for this client alone.
 * - `answer`: the edge answers by itself. `refuse`: it refuses.
 */
export interface Decision {
  kind: "hit" | "stale" | "validate" | "fetch" | "wait" | "pass" | "answer" | "refuse";
  /** Null: that is up to the origin. */
  status: number | null;
  asks_origin: boolean;
  /** As far as it is known before the origin has answered. */
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
  /** Seconds; `ttl` is what is left, 0 or less where it is stale. */
  age: number;
  ttl: number;
  lifetime: LifetimeReport;
  /** Request fields by which it was selected, and what they were. */
  vary: string[];
  variant: string;
  /** How many it has, and their hashes, of which the first 50 are shown. */
  tags: number;
  tag_hashes: string[];
  /** The zone's version when it was asked of the origin: purges under a later one hit it. */
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
  /** The prefix, or a tag's hash; null: it is of just this. */
  name: string | null;
  soft: boolean;
  /** The zone's version that it made. */
  version: number;
  /** Null: not known at the edge. */
  at: string | null;
  /** Whether it hits what is stored here. */
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
  /** Until its first byte. */
  milliseconds: number;
  /** Whether the fallback origin answered. */
  fallback: boolean;
  /** Response fields, as they came; of cookies the names alone. */
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
  /** What the origin says, and what clients are told. */
  content_type: { said: string | null; sent: string | null };
  /** Bytes; null: it does not say. */
  size: number | null;
  vary: string[];
  tags: string[];
}
