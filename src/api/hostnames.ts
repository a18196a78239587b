import type { OpenAPIHono, z } from "@hono/zod-openapi";
import { auditStatement } from "../accounts/audit-log.ts";
import { PLANS } from "../accounts/plans.ts";
import { BOUNDS, rowsOf } from "../db/bounds.ts";
import { newId } from "../db/new-id.ts";
import { bringHostToEdge } from "../hostnames/bring-to-edge.ts";
import { certificatesOf } from "../hostnames/certificates/certificate-rows.ts";
import { removeClaim } from "../hostnames/change-claim.ts";
import { checkClaim, type Moved } from "../hostnames/check-claim.ts";
import type { Claim } from "../hostnames/claim.ts";
import { findClaim, listClaims } from "../hostnames/claim-rows.ts";
import { checkHostname } from "../hostnames/hostname.ts";
import { HOSTNAMES_OF_ZONE, type InsertedClaim, insertClaim } from "../hostnames/insert-claim.ts";
import { secretOf } from "../hostnames/proof/ownership-token.ts";
import { isLagging } from "../hostnames/published-hosts.ts";
import { originPolicy } from "../origin-guard/origin-policy.ts";
import { actorOf } from "../rest/actor-of.ts";
import type { RestContext, RestEnv } from "../rest/context.ts";
import { settingsOf } from "../settings.ts";
import type { ZoneRow } from "../zones/rows.ts";
import { Problem } from "./errors.ts";
import { hostnameJson, type hostnameSchema } from "./hostname-json.ts";
import {
  addHostnameRoute,
  checkHostnameRoute,
  listHostnamesRoute,
  readHostnameRoute,
  removeHostnameRoute,
} from "./hostname-routes.ts";
import { hostsOfOrigins } from "./origin-hosts.ts";
import { cutPage, requestedPage } from "./pages.ts";
import { invalidField } from "./validation.ts";
import { zoneInScope, zoneNotFound } from "./zone-in-scope.ts";

/** Adds `/v1/zones/{id}/hostnames` to the API. */
export function addHostnames(app: OpenAPIHono<RestEnv>): void {
  app.openapi(listHostnamesRoute, async (c) => {
    const zone = await zoneInScope(c, c.req.valid("param").id);
    const query = c.req.valid("query");
    const found = await listClaims(c.env.DB, zone.id, requestedPage("host", query));
    const { rows, next_cursor } = cutPage(found, query.limit);
    return c.json({ hostnames: await shown(c, rows), next_cursor }, 200);
  });

  app.openapi(addHostnameRoute, async (c) => {
    const zone = await zoneInScope(c, c.req.valid("param").id);
    const hostname = claimable(c, zone, c.req.valid("json").hostname);
    const { account, plan } = c.var.caller;
    const limit = PLANS[plan].rescdn.hostnames;
    const leftLimit = rowsOf(BOUNDS.hosts.over.rows, plan)!;
    const claim = { id: newId("host"), account, zone: zone.id, hostname, limit, leftLimit };
    const change = { action: "hostname.create", target: zone.id, before: null, after: { hostname, state: "pending" } };
    const audit = auditStatement(c.env.DB, actorOf(c), change, c.var.now);
    const made = await insertClaim(c.env.DB, claim, audit, c.var.now);
    if (made.kind !== "inserted") throw refusalOf(made, hostname, zone.name, limit, leftLimit);
    const location = `/v1/zones/${zone.id}/hostnames/${hostname}`;
    return c.json(await shownOne(c, await claimIn(c, zone, hostname)), 201, { location });
  });

  app.openapi(readHostnameRoute, async (c) => {
    const { id, hostname } = c.req.valid("param");
    return c.json(await shownOne(c, await claimIn(c, await zoneInScope(c, id), hostname)), 200);
  });

  app.openapi(checkHostnameRoute, async (c) => {
    const { id, hostname } = c.req.valid("param");
    const zone = await zoneInScope(c, id);
    const claim = await claimIn(c, zone, hostname);
    const moved = await checkClaim({ db: c.env.DB, settings: settingsOf(c.env), now: c.var.now }, claim, actorOf(c));
    // A repeated check, made because the change was not published, changes nothing more.
    const unpublished = moved ?? ((await isLagging(c.env.DB, claim.hostname)) ? movedAlone(claim) : null);
    if (unpublished !== null && !(await bringHostToEdge(c.env, unpublished))) throw new Problem("not_published");
    return c.json(await shownOne(c, await claimIn(c, zone, hostname)), 200);
  });

  app.openapi(removeHostnameRoute, async (c) => {
    const { id, hostname } = c.req.valid("param");
    const claim = await claimIn(c, await zoneInScope(c, id), hostname);
    if (!(await removeClaim(c.env.DB, claim, actorOf(c), c.var.now))) throw hostnameNotFound();
    if (claim.state === "active" && !(await bringHostToEdge(c.env, movedAlone(claim))))
      throw new Problem("not_published");
    return c.body(null, 204);
  });
}

/** A hostname in the form that a zone may claim, or a 422 that says why not. */
function claimable(c: RestContext, zone: ZoneRow, text: string): string {
  const verdict = checkHostname(text, originPolicy(settingsOf(c.env)).ownHosts);
  if (!verdict.ok) throw invalidField("hostname", verdict.reason);
  if (hostsOfOrigins(zone).includes(verdict.hostname))
    throw invalidField(
      "hostname",
      "is the host of the zone's origin, so the zone would ask itself: give the origin another name first",
    );
  return verdict.hostname;
}

/** The claim of a zone to a hostname, in any spelling. */
async function claimIn(c: RestContext, zone: ZoneRow, text: string): Promise<Claim> {
  const verdict = checkHostname(text, []);
  const claim = verdict.ok ? await findClaim(c.env.DB, zone.id, verdict.hostname) : null;
  if (claim === null) throw hostnameNotFound();
  return claim;
}

function movedAlone({ hostname, zoneName }: Claim): Moved {
  return { hostname, zones: [zoneName] };
}

function hostnameNotFound(): Problem {
  return new Problem("not_found", { sentence: "this zone has no such hostname" });
}

async function shownOne(c: RestContext, claim: Claim): Promise<z.input<typeof hostnameSchema>> {
  const [json] = await shown(c, [claim]);
  return json!;
}

async function shown(c: RestContext, claims: readonly Claim[]): Promise<z.input<typeof hostnameSchema>[]> {
  if (claims.length === 0) return [];
  const names = claims.map(({ hostname }) => hostname);
  const [secret, certificates] = await Promise.all([
    secretOf(c.env.DB, c.var.caller.account),
    certificatesOf(c.env.DB, names),
  ]);
  return claims.map((claim) => hostnameJson(c, claim, certificates.get(claim.hostname) ?? null, secret));
}

function refusalOf(
  made: Exclude<InsertedClaim, { kind: "inserted" }>,
  hostname: string,
  zoneName: string,
  limit: number,
  leftLimit: number,
): Problem {
  if (made.kind === "missing") return zoneNotFound();
  if (made.kind === "taken") {
    const owner = made.zone === zoneName ? "this zone" : `your zone ${made.zone}`;
    return new Problem("hostname_taken", {
      sentence: `${owner} already has ${hostname}: a hostname leads to only one zone`,
    });
  }
  const sentences = {
    account: `the plan allows ${limit} hostnames: delete one that is not needed, or ask for a larger plan`,
    zone: `a zone has at most ${HOSTNAMES_OF_ZONE} hostnames: give others to another zone`,
    left: `the account has removed ${leftLimit} hostnames within ${BOUNDS.hosts.over.days} days, as many as its plan allows: add this one later, or ask for a larger plan`,
  } as const;
  return new Problem("limit_reached", { sentence: sentences[made.of] });
}
