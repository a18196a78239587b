import { ParseError, parseList } from "structured-headers";

/** This cache's part of `Cache-Status` (RFC 9211 §2). */
export interface CacheStatus {
  hit?: true;
  /** Why the request went to the origin. */
  fwd?: "miss" | "uri-miss" | "vary-miss" | "stale" | "bypass" | "method" | "request" | "partial";
  /** The status that the origin answered. */
  fwdStatus?: number;
  /** Remaining freshness in whole seconds; negative when stale. */
  ttl?: number;
  stored?: boolean;
  /** Whether the request waited for another request's answer. */
  collapsed?: boolean;
  /** A reason, in any characters: those that a structured field cannot hold are left out. */
  detail?: string;
}

/** The names of this cache and of the upper tier that it asks. */
const EDGE_NAME = "ResCDN";
const SHIELD_NAME = "ResCDN-shield";
/** How much is kept of what other caches say (characters). */
const LONGEST = 4_096;
const SF_TOKEN = /^[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*$/;

/** Writes a member of `Cache-Status`, e.g. `ResCDN; hit; ttl=100` (RFC 9211 §2). */
export function formatCacheStatus(status: CacheStatus): string {
  return formatMember(EDGE_NAME, status);
}

/** As {@link formatCacheStatus}, for the upper tier. */
export function formatShieldStatus(status: CacheStatus): string {
  return formatMember(SHIELD_NAME, status);
}

function formatMember(name: string, status: CacheStatus): string {
  let text = name;
  if (status.hit) text += "; hit";
  if (status.fwd !== undefined) text += `; fwd=${status.fwd}`;
  if (status.fwdStatus !== undefined) text += `; fwd-status=${status.fwdStatus}`;
  if (status.ttl !== undefined) text += `; ttl=${Math.trunc(status.ttl)}`;
  if (status.stored) text += "; stored";
  if (status.collapsed) text += "; collapsed";
  if (status.detail !== undefined) text += `; detail=${tokenOrString(status.detail)}`;
  return text;
}

/**
 * Adds this cache's member to the list that came with the response: RFC 9211 §2 puts the cache closest to the user last. A list
 * that cannot be read is dropped, because it would make ours unreadable too. So is one above 4 KB, which takes too long to read
 * for each answer.
 */
export function appendCacheStatus(existing: string | null, own: string): string {
  if (existing === null || existing.length > LONGEST || existing.trim() === "" || !isList(existing)) return own;
  return `${existing}, ${own}`;
}

/** RFC 9211 §2.8: the detail is a String or a Token. */
function tokenOrString(detail: string): string {
  if (SF_TOKEN.test(detail)) return detail;
  return `"${detail.replace(/[^\x20-\x7e]/g, "").replace(/["\\]/g, "\\$&")}"`;
}

function isList(value: string): boolean {
  try {
    parseList(value);
    return true;
  } catch (error) {
    if (error instanceof ParseError) return false;
    throw error;
  }
}
