import { setTimeout as wait } from "node:timers/promises";
import { CannotStart } from "../cannot-start.ts";
import { probe } from "../probe.ts";
import { type Checked, checkAsset } from "./check.ts";
import type { Deployment } from "./deployment.ts";

/** The zone that is created for trying the edge if nobody names one. */
const CHECK_ZONE = "deploy-check";

/** The URL at which an asset of another server is served once {@link makeCheckZone} has created the zone. */
export function checkUrlOf(asset: string, { domain }: Pick<Deployment, "domain">): string {
  const url = new URL(asset);
  if (url.hostname.endsWith(`.${domain}`)) return asset;
  return `https://${CHECK_ZONE}.${domain}${url.pathname}${url.search}`;
}

/**
 * Creates an account and its zone for an asset's server, if there is none yet.
 *
 * @throws {CannotStart} if the API refuses
 */
async function makeCheckZone(
  asset: string,
  { apiHost, domain }: Deployment,
  adminToken: string,
  at: string | undefined,
): Promise<void> {
  const call = async (path: string, headers: Record<string, string>, body: object) => {
    const answer = await probe(`https://${apiHost}${path}`, {
      at,
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    if (answer.kind === "unreachable") throw new CannotStart(`${apiHost} ${answer.reason}`);
    const read = JSON.parse(answer.body.toString()) as { keys?: { live: string }; error?: string };
    return { ...read, status: answer.status };
  };
  const account = await call(
    "/admin/accounts",
    { authorization: `Bearer ${adminToken}` },
    { name: "Deployment check", email: `deploy-check@${domain}` },
  );
  if (account.keys === undefined) throw new CannotStart(`no account for the check could be made: ${account.error}`);
  const zone = await call(
    "/v1/zones",
    { "x-rescdn-key": account.keys.live },
    { name: CHECK_ZONE, origin: new URL(asset).origin },
  );
  if (zone.status !== 201) throw new CannotStart(`no zone for the check could be made: ${zone.error}`);
}

/** A new zone reaches every location within a minute. */
const ZONE_PATIENCE_MS = 75_000;

/** Checks a deployment with its asset, for which a zone is created if necessary. @param asset as given in this run */
export async function checkInZone(
  deployment: Deployment,
  asset: string | undefined,
  adminToken: string | undefined,
  at: string | undefined,
): Promise<Checked> {
  const url = deployment.asset!;
  let checked = await checkAsset(url, at);
  if (checked.kind !== "failed" || !checked.said.includes("unknown-zone")) return checked;
  if (!asset || adminToken === undefined)
    return { kind: "open", said: `${url} belongs to no zone: add --asset, with ADMIN_TOKEN in the environment` };
  try {
    await makeCheckZone(asset, deployment, adminToken, at);
  } catch (error) {
    // The version is not to blame.
    if (error instanceof CannotStart) return { kind: "open", said: error.message };
    throw error;
  }
  for (const until = Date.now() + ZONE_PATIENCE_MS; Date.now() < until; await wait(1_000)) {
    checked = await checkAsset(url, at);
    if (!checked.said.includes("unknown-zone")) break;
  }
  return checked;
}
