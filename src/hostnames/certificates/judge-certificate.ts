import type { Certificate } from "./certificate-rows.ts";
import type { CustomHostname, HostnameReply } from "./custom-hostnames.ts";

/** A hostname's certificate and the state of its upkeep. Times in ms since the epoch. */
export interface TendedCertificate extends Pick<Certificate, "hostname" | "zone" | "state" | "reason"> {
  account: string;
  /** Cloudflare's id; null: we know of none. */
  id: string | null;
  /** Steps since the last successful one. */
  checks: number;
  /** The hostname's revision. */
  revision: number;
}

/** The result of a step. `nextAt: null`: nothing is left to do. */
export interface Step extends Pick<TendedCertificate, "id" | "state" | "reason" | "checks"> {
  nextAt: number | null;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LONGEST_REASON = 300;

/** What an answer from Cloudflare means for a hostname that somebody has. */
export function judgeReply(certificate: TendedCertificate, reply: HostnameReply, now: number): Step {
  const { id, state } = certificate;
  const checks = certificate.checks + 1;
  switch (reply.kind) {
    case "hostname":
      return judgeHostname(certificate, reply.hostname, now);
    case "missing":
      return { id: null, state: "waiting", reason: "it is ordered again", checks: 0, nextAt: now };
    case "quota":
      return {
        id,
        state: "waiting",
        reason: "this network can have no more hostnames for now",
        checks,
        nextAt: now + HOUR,
      };
    case "refused":
      return {
        id,
        state: "failed",
        reason: `Cloudflare does not accept this hostname (${reply.reason})`,
        checks,
        nextAt: now + DAY,
      };
    case "limited":
      return {
        id,
        state,
        reason: "Cloudflare asks us to wait: it is tried again",
        checks,
        nextAt: now + reply.retryAfterMs,
      };
    case "failed":
      return {
        id,
        state,
        reason: `Cloudflare fails (${reply.reason}): it is tried again`,
        checks,
        nextAt: now + pause(checks),
      };
    default:
      return reply satisfies never;
  }
}

/** What an answer from Cloudflare means for a hostname that nobody has: everything of it has to be deleted. */
export function judgeRemoval(certificate: TendedCertificate, reply: HostnameReply, now: number): Step {
  if (reply.kind === "missing") return { id: null, state: "waiting", reason: null, checks: 0, nextAt: null };
  const step = judgeReply(certificate, reply, now);
  return reply.kind === "hostname" ? { ...step, nextAt: now } : step;
}

/** Whether Cloudflare no longer checks a hostname until asked to. */
export function hasGivenUp({ status, sslStatus }: CustomHostname): boolean {
  return status === "moved" || /_timed_out$/.test(sslStatus);
}

function judgeHostname(certificate: TendedCertificate, hostname: CustomHostname, now: number): Step {
  const { id, status, sslStatus, errors } = hostname;
  const said = errors.join("; ").slice(0, LONGEST_REASON) || null;
  const checks = certificate.checks + 1;
  if (status === "blocked" || status === "pending_blocked")
    return { id, state: "failed", reason: "Cloudflare has blocked this hostname", checks, nextAt: now + DAY };
  if (status === "deleted" || status === "pending_deletion")
    return {
      id: null,
      state: "waiting",
      reason: "Cloudflare has deleted it: it is ordered again",
      checks,
      nextAt: now + HOUR,
    };
  if (status === "moved")
    return {
      id,
      state: "moved",
      reason: said ?? "the hostname does not lead here",
      checks,
      nextAt: now + pause(checks),
    };
  if (status.startsWith("active") && sslStatus === "active")
    return { id, state: "active", reason: null, checks: 0, nextAt: now + DAY };
  const reason = said ?? `Cloudflare says: ${status}, certificate ${sslStatus || "unknown"}`.replaceAll("_", " ");
  return { id, state: "pending", reason, checks, nextAt: now + pause(checks) };
}

/** Once a minute at first, in the end once every four hours. */
function pause(checks: number): number {
  return Math.min(2 ** Math.max(checks - 3, 0) * MINUTE, 4 * HOUR);
}
