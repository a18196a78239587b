import { z } from "@hono/zod-openapi";
import { isoSeconds } from "../db/iso-seconds.ts";
import type { Certificate } from "../hostnames/certificates/certificate-rows.ts";
import type { Claim } from "../hostnames/claim.ts";
import { GIVE_UP_DAYS, GONE_DAYS } from "../hostnames/judge-claim.ts";
import { ownershipToken, proofName } from "../hostnames/proof/ownership-token.ts";
import { PROOF_PATH, zoneHosts } from "../hosts.ts";
import type { RestContext } from "../rest/context.ts";
import { settingsOf } from "../settings.ts";

const time = z.iso.datetime().nullable();

const proofSchema = z
  .object({
    name: z.string().openapi({ example: "_rescdn.cdn.example.com" }).describe("Where the TXT record belongs."),
    value: z.string().openapi({ example: "rescdn-hostname=…" }).describe("The record's value, and the file's content."),
    url: z
      .string()
      .openapi({ example: `http://cdn.example.com${PROOF_PATH}` })
      .describe(
        "Where the file belongs, if you use one instead of the record. It counts only before the hostname leads here.",
      ),
    by: z.enum(["dns", "http"]).nullable().describe("Where the proof was seen last; null: it never was."),
    seen: time.describe("When it was seen last."),
    gone_since: time.describe(
      `The first check since then that did not find it: ${GONE_DAYS} days later the hostname lapses.`,
    ),
  })
  .openapi("HostnameProof");

const certificateSchema = z
  .object({
    state: z
      .enum(["none", "waiting", "pending", "active", "moved", "failed"])
      .describe(
        "waiting: not ordered yet. pending: Cloudflare checks whether the hostname leads here. moved: it leads elsewhere.",
      ),
    reason: z.string().nullable().describe("Details; null: there are none."),
  })
  .openapi("HostnameCertificate");

/** A zone's hostname as the API shows it. */
export const hostnameSchema = z
  .object({
    hostname: z.string().openapi({ example: "cdn.example.com" }).describe("In lower case, its labels in ASCII."),
    zone: z.string().openapi({ example: "zone_abc123" }),
    state: z
      .enum(["pending", "active", "lapsed", "failed"])
      .describe(
        `pending: not proven yet. active: served. lapsed: no longer served, since its proof was gone for ${GONE_DAYS} days or another ` +
          `account has proven it; checks go on. failed: not proven within ${GIVE_UP_DAYS} days; ask for a check.`,
      ),
    since: z.iso.datetime().describe("When the state began."),
    reason: z.string().nullable().describe("What the last check said; null: all is well, or there was none yet."),
    target: z.string().openapi({ example: "my-assets.rescdn.io" }).describe("What the hostname's CNAME should name."),
    proof: proofSchema,
    checked: time.describe("When the proof was last looked for."),
    next_check: time.describe("When the proof is next looked for; null: when you ask for it."),
    certificate: certificateSchema,
    created: z.iso.datetime(),
  })
  .openapi("Hostname");

/** @param secret that the account's tokens are derived from */
export function hostnameJson(
  c: RestContext,
  claim: Claim,
  certificate: Certificate | null,
  secret: string,
): z.input<typeof hostnameSchema> {
  const { hostname, zone, zoneName, state, reason } = claim;
  return {
    hostname,
    zone,
    state,
    since: isoSeconds(claim.since),
    reason,
    target: zoneHosts(zoneName, settingsOf(c.env))[0],
    proof: {
      name: proofName(hostname),
      value: ownershipToken(secret, hostname),
      url: `http://${hostname}${PROOF_PATH}`,
      by: claim.provenBy,
      seen: isoOrNull(claim.provenAt),
      gone_since: isoOrNull(claim.goneSince),
    },
    checked: isoOrNull(claim.checkedAt),
    next_check: isoOrNull(claim.nextCheckAt),
    certificate: certificateJson(c, claim, certificate),
    created: isoSeconds(claim.createdAt),
  };
}

function certificateJson(c: RestContext, { state, zone }: Claim, certificate: Certificate | null) {
  if (settingsOf(c.env).saas === null)
    return { state: "none" as const, reason: "this network does not order certificates: its operator provides them" };
  if (state !== "active" || certificate?.zone !== zone)
    return { state: "none" as const, reason: "a certificate is ordered when the hostname is active" };
  return { state: certificate.state, reason: certificate.reason };
}

function isoOrNull(time: number | null): string | null {
  return time === null ? null : isoSeconds(time);
}
