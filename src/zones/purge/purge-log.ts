import { onceFor } from "../../memo/once-for.ts";
import { textHash } from "../../text-hash.ts";

/**
 * The purge log of a zone: what has been purged, in a form that the edge checks without I/O.
 *
 * Each mark has the zone's version at which the purge was made. A stored response remembers the version of the zone document
 * under which its request to the origin began; a purge of a later version that matches it makes it a miss (hard) or stale
 * (soft). Versions are used instead of times, so no clocks have to agree, and a fill that was in flight when the purge arrived
 * is caught as well.
 */
export interface PurgeLog {
  /** How paths, URLs and tags are hashed; see {@link legible}. */
  form: typeof FORM;
  /** Every response of the zone. */
  everything: PurgeMark;
  /** By hash of the path: with every query, and in every variant. */
  paths: Readonly<Record<string, PurgeMark>>;
  /** By hash of path and query. */
  urls: Readonly<Record<string, PurgeMark>>;
  /** Path prefixes, spelled out. */
  prefixes: Readonly<Record<string, PurgeMark>>;
  /** Tags (`Cache-Tag`, `Surrogate-Key`) by hash. */
  tags: Readonly<Record<string, PurgeMark>>;
}

/** Versions of the newest hard and soft purge (0: none) and the time of the soft one in ms since the epoch. */
export type PurgeMark = readonly [hard: number, soft: number, softAt: number];

/** What identifies a stored response to the purge log. */
export interface PurgeSubject {
  /** Normalised path, as in the cache key. */
  path: string;
  /** Query with its `?`, as in the cache key, or `""`. */
  query: string;
  /** Hashes of its tags, made once, when it was stored. */
  tagHashes: readonly string[];
  /** The zone's version when the request that filled it began. */
  version: number;
}

/** What the log says about a stored response; `softAt` in ms since the epoch. */
export type PurgeVerdict = { kind: "valid" } | { kind: "purged" } | { kind: "stale"; softAt: number };

/** One purge as it is recorded. `value` is the path, path with query, prefix or tag; `""` for everything. */
export interface Purge {
  kind: "everything" | "path" | "url" | "prefix" | "tag";
  value: string;
  soft: boolean;
  version: number;
  /** Milliseconds since the epoch. */
  at: number;
}

/** How many marks a log holds before the oldest are folded into `everything`. */
export const PURGE_LOG_BOUND = 4_000;

/** Like {@link PURGE_LOG_BOUND}, for prefixes: each request is compared with all of them. */
export const PREFIX_BOUND = 500;

/** How long a purge has to be remembered, in seconds: no stored response lives longer than this minus a day. */
export const PURGE_LOG_SECONDS = 31 * 86_400;

/** The form of logs whose names are {@link textHash}es of 128 bits. Earlier logs have no form, and hashes of 53 bits. */
const FORM = 2;

const NONE: PurgeMark = [0, 0, 0];

export const EMPTY_PURGE_LOG: PurgeLog = { form: FORM, everything: NONE, paths: {}, urls: {}, prefixes: {}, tags: {} };

/**
 * Builds the log from recorded purges. Above `bound` marks, or 500 prefixes, the oldest become one hard purge of
 * everything up to their version: never a wrong hit, at worst more misses.
 *
 * @param purges newest first
 */
export function buildPurgeLog(purges: readonly Purge[], bound: number = PURGE_LOG_BOUND): PurgeLog {
  const log = { form: FORM, everything: NONE, paths: {}, urls: {}, prefixes: {}, tags: {} } satisfies PurgeLog;
  const marks: Record<Exclude<Purge["kind"], "everything">, Record<string, PurgeMark>> = {
    path: log.paths,
    url: log.urls,
    prefix: log.prefixes,
    tag: log.tags,
  };
  let count = 0;
  let prefixes = 0;
  let everything = NONE;
  for (const purge of purges) {
    if (purge.kind === "everything") {
      everything = merge(everything, purge);
      continue;
    }
    const table = marks[purge.kind];
    const name = purge.kind === "prefix" ? purge.value : textHash(purge.value);
    const known = table[name];
    if (known === undefined && purge.kind === "prefix") prefixes++;
    if (known === undefined && (++count > bound || prefixes > PREFIX_BOUND)) {
      everything = merge(everything, { ...purge, soft: false });
      break; // newest first, so all that follow are covered
    }
    table[name] = merge(known ?? NONE, purge);
  }
  return { ...log, everything };
}

function merge(mark: PurgeMark, purge: Purge): PurgeMark {
  if (!purge.soft) return [Math.max(mark[0], purge.version), mark[1], mark[2]];
  return purge.version > mark[1] ? [mark[0], purge.version, purge.at] : mark;
}

/**
 * A log as it was published, in a form whose names can be looked up. The names in an older form cannot be looked up. So until
 * the zone is published again, its marks for paths, URLs and tags count as a purge of everything up to the newest of them:
 * never a wrong hit, and at most one more miss for what was stored before.
 */
export function legible(log: PurgeLog): PurgeLog {
  if (log.form === FORM) return log;
  const { everything, paths, urls, prefixes, tags } = log as PurgeLog;
  const marks = [paths, urls, tags].flatMap((table) => Object.values(table));
  const newest = marks.reduce((version, [hard, soft]) => Math.max(version, hard, soft), everything[0]);
  return { ...EMPTY_PURGE_LOG, everything: [newest, everything[1], everything[2]], prefixes };
}

/** Whether a stored response outlived the zone's purges. */
export function purgeVerdict(log: PurgeLog, subject: PurgeSubject): PurgeVerdict {
  let [hard, soft, softAt] = NONE;
  visitMarks(log, subject, (mark) => {
    hard = Math.max(hard, mark[0]);
    if (mark[1] > soft) [, soft, softAt] = mark;
  });
  if (hard > subject.version) return { kind: "purged" };
  if (soft > subject.version) return { kind: "stale", softAt };
  return { kind: "valid" };
}

/** The version of the newest purge that matches a response, hard or soft; 0: none does. Its tags are those of `tagHashes`. */
export function newestMark(log: PurgeLog, subject: Omit<PurgeSubject, "version">): number {
  let newest = 0;
  visitMarks(log, subject, ([hard, soft]) => {
    newest = Math.max(newest, hard, soft);
  });
  return newest;
}

/** A mark of the log that matches something stored, and what it was purged by. */
export interface MatchingMark {
  kind: Purge["kind"];
  /** The prefix, or a tag's hash; otherwise `""`, since the subject itself has it. */
  name: string;
  mark: PurgeMark;
}

/** The marks of the log that match a stored response, or would match one with these tags. */
export function matchingMarks(log: PurgeLog, subject: Omit<PurgeSubject, "version">): MatchingMark[] {
  const found: MatchingMark[] = [];
  visitMarks(log, subject, (mark, kind, name) => {
    if (mark[0] > 0 || mark[1] > 0) found.push({ kind, name, mark });
  });
  return found;
}

function visitMarks(
  log: PurgeLog,
  { path, query, tagHashes }: Omit<PurgeSubject, "version">,
  visit: (mark: PurgeMark, kind: Purge["kind"], name: string) => void,
): void {
  const { hasPaths, hasUrls, hasTags, prefixes } = contentsOf(log);
  const show = (mark: PurgeMark | undefined, kind: Purge["kind"], name: string) => {
    if (mark !== undefined) visit(mark, kind, name);
  };
  show(log.everything, "everything", "");
  // Hashing a name takes some microseconds, and few zones have purged anything lately.
  if (hasPaths) show(log.paths[textHash(path)], "path", "");
  if (hasUrls) show(log.urls[textHash(path + query)], "url", "");
  if (hasTags) for (const hash of tagHashes) show(log.tags[hash], "tag", hash);
  for (const [prefix, mark] of prefixes) if (path.startsWith(prefix)) visit(mark, "prefix", prefix);
}

/** Which kinds of marks a log has. */
interface Contents {
  hasPaths: boolean;
  hasUrls: boolean;
  hasTags: boolean;
  prefixes: readonly [prefix: string, mark: PurgeMark][];
}

/** Each log is searched only once, since a log never changes. */
const contentsOf = onceFor(({ paths, urls, tags, prefixes }: PurgeLog): Contents => {
  const hasAny = (table: PurgeLog["paths"]) => Object.keys(table).length > 0;
  return {
    hasPaths: hasAny(paths),
    hasUrls: hasAny(urls),
    hasTags: hasAny(tags),
    prefixes: Object.entries(prefixes),
  };
});
