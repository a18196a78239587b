import { type CloudflareReply, callCloudflare } from "../../cloudflare-call.ts";
import type { CloudflareApi } from "../../settings.ts";

/** A custom hostname as Cloudflare for SaaS reports it (developers.cloudflare.com/api, "Custom Hostnames"). */
export interface CustomHostname {
  id: string;
  /** `pending`, `active`, `active_redeploying`, `moved`, `blocked`, `pending_deletion`, `deleted` and others. */
  status: string;
  /** The certificate's: `initializing`, `pending_validation`, `active`, `validation_timed_out` and others. */
  sslStatus: string;
  /** What keeps the hostname or its certificate from becoming active. */
  errors: readonly string[];
}

/** The result of a call. Reasons contain neither the token nor what was sent. */
export type HostnameReply =
  | { kind: "hostname"; hostname: CustomHostname }
  | { kind: "missing" }
  /** The zone has as many custom hostnames as it may have. */
  | { kind: "quota"; reason: string }
  /** This hostname will never be accepted. */
  | { kind: "refused"; reason: string }
  | { kind: "limited"; retryAfterMs: number }
  /** It may succeed another time. */
  | { kind: "failed"; reason: string };

const PATH = "/custom_hostnames";
/** Cloudflare validates over HTTP by itself, as soon as the hostname leads here. A refresh has to repeat this. */
const SSL = { method: "http", type: "dv" };

/** Error codes (developers.cloudflare.com/cloudflare-for-platforms, "Status codes - Custom hostnames"). */
const QUOTA = [1404, 1405];
const DUPLICATE = 1406;
const MISSING = 1436;
/** The name is not a hostname to Cloudflare, or is reserved. */
const INVALID = [1407, 1408, 1409, 1410, 1411];

/** Orders a hostname with its certificate. If it is there already, that one is returned. */
export async function orderHostname(api: CloudflareApi, hostname: string): Promise<HostnameReply> {
  const reply = await callCloudflare(api, "POST", PATH, { hostname, ssl: SSL });
  if (reply.kind === "refused" && reply.codes.includes(DUPLICATE)) return findHostname(api, hostname);
  return read(reply);
}

/** The custom hostname with exactly this name. */
export async function findHostname(api: CloudflareApi, hostname: string): Promise<HostnameReply> {
  const reply = await callCloudflare(api, "GET", `${PATH}?hostname=${encodeURIComponent(hostname)}`);
  if (reply.kind !== "done") return read(reply);
  const all: unknown[] = Array.isArray(reply.result) ? reply.result : [];
  const found = all.find((one) => (one as { hostname?: unknown } | null)?.hostname === hostname);
  return found === undefined ? { kind: "missing" } : read({ kind: "done", result: found });
}

export async function readHostname(api: CloudflareApi, id: string): Promise<HostnameReply> {
  return read(await callCloudflare(api, "GET", `${PATH}/${encodeURIComponent(id)}`));
}

/** Has Cloudflare check a hostname once more: needed after it has moved or its validation has timed out. */
export async function refreshHostname(api: CloudflareApi, id: string): Promise<HostnameReply> {
  return read(await callCloudflare(api, "PATCH", `${PATH}/${encodeURIComponent(id)}`, { ssl: SSL }));
}

/** Deletes a hostname with its certificate; `missing`: it does not exist. */
export async function deleteHostname(api: CloudflareApi, id: string): Promise<HostnameReply> {
  const reply = await callCloudflare(api, "DELETE", `${PATH}/${encodeURIComponent(id)}`);
  return reply.kind === "done" ? { kind: "missing" } : read(reply);
}

function read(reply: CloudflareReply): HostnameReply {
  switch (reply.kind) {
    case "done": {
      const hostname = parse(reply.result);
      return hostname === null
        ? { kind: "failed", reason: "no custom hostname in the answer" }
        : { kind: "hostname", hostname };
    }
    case "limited":
      return reply;
    case "refused":
      return readRefusal(reply);
    case "failed":
      return reply;
    default:
      return reply satisfies never;
  }
}

function readRefusal({ status, codes, reason }: Extract<CloudflareReply, { kind: "refused" }>): HostnameReply {
  const has = (known: readonly number[]) => codes.some((code) => known.includes(code));
  if (status === 404 || has([MISSING])) return { kind: "missing" };
  if (has(QUOTA)) return { kind: "quota", reason };
  return has(INVALID) ? { kind: "refused", reason } : { kind: "failed", reason };
}

interface Result {
  id?: unknown;
  status?: unknown;
  ssl?: { status?: unknown; validation_errors?: unknown } | null;
  verification_errors?: unknown;
}

function parse(result: unknown): CustomHostname | null {
  const { id, status, ssl, verification_errors } = (result ?? {}) as Result;
  if (typeof id !== "string" || id === "") return null;
  const validation = listed(ssl?.validation_errors).map((error) => (error as { message?: unknown } | null)?.message);
  const errors = [...listed(verification_errors), ...validation].filter((error) => typeof error === "string");
  return { id, status: word(status), sslStatus: word(ssl?.status), errors: errors.slice(0, 5) };
}

function listed(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function word(value: unknown): string {
  return typeof value === "string" ? value : "";
}
