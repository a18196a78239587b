import type { Certificate } from "./certificate-rows.ts";
import type { CustomHostname, HostnameReply } from "./custom-hostnames.ts";

/** A hostname's certificate as it is looked after. Times in ms since the epoch. */
export interface TendedCertificate extends Pick<Certificate, "hostname" | "zone" | "state" | "reason"> {
  account: string;
  /** Cloudflare's; null: none that we know of. */
  id: string | null;
  /** Steps since the last one that went well. */
  checks: number;
  /** Of the hostname. */
  revision: number;
}

/** What a step leaves. `nextAt: null`: there is nothing to do any more. */
export interface Step extends Pick<TendedCertificate, "id" | "state" | "reason" | "checks"> {
  nextAt: number | null;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LONGEST_REASON = 300;

/** What an answer of Cloudflare's means for a hostname that somebody has. */
export function judgeReply(certificate: TendedCertificate, reply: HostnameReply, now: number): Step {
  const { id, state } = certificate;
  const checks = certificate.checks + 1;
  switch (reply.kind) {
    case "hostname":
      return judgeHostname(certificate, reply.hostname, now);
    case "missing":
      return { id: null, state: "waiting", reason: "it is ordered anew", checks: 0, nextAt: now };
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
        reason: `Cloudflare does not take this hostname (${reply.reason})`,
        checks,
        nextAt: now + DAY,
      };
    case "limited":
      return {
        id,
        state,
        reason: "Cloudflare is asked too much: it is tried again",
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

/** What an answer of Cloudflare's means for a hostname that nobody has: nothing of it shall be left. */
export function judgeRemoval(certificate: TendedCertificate, reply: HostnameReply, now: number): Step {
  if (reply.kind === "missing") return { id: null, state: "waiting", reason: null, checks: 0, nextAt: null };
  const step = judgeReply(certificate, reply, now);
  return reply.kind === "hostname" ? { ...step, nextAt: now } : step;
}

/** Whether Cloudflare looks at a hostname no more until it is asked to. */
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
      reason: "Cloudflare has deleted it: it is ordered anew",
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

/** Once a minute at first, in the end once in four hours. */
function pause(checks: number): number {
  return Math.min(2 ** Math.max(checks - 3, 0) * MINUTE, 4 * HOUR);
}
