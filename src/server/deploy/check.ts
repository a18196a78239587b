import { setTimeout as wait } from "node:timers/promises";
import { type Answer, probe, type Unreachable } from "../probe.ts";
import type { Deployment } from "./deployment.ts";

/** The result of a check, with a sentence. `open`: it could not be made, through no fault of the version. */
export type Checked = { kind: "passed" | "failed" | "unreachable" | "open"; said: string };

/** How long a version may take to reach the location that answers, ms. */
const PATIENCE_MS = Number(process.env.DEPLOY_PATIENCE_MS ?? 45_000);
const PAUSE_MS = 1_000;

/**
 * Whether a deployment answers: its API says that it is ready and has this version, and a host below the edge's domain is
 * served.
 */
export async function checkDeployment(
  { apiHost, domain }: Deployment,
  version: string | null,
  at: string | undefined,
  patienceMs = PATIENCE_MS,
): Promise<Checked> {
  const url = `https://${apiHost}/health`;
  const until = Date.now() + patienceMs;
  let health: Answer | Unreachable;
  let wrong: string | null;
  do {
    health = await probe(url, { at });
    wrong = health.kind === "unreachable" ? health.reason : whatIsWrong(health, version);
    // If it cannot be reached at all, a minute's wait does not help.
    if (wrong === null || health.kind === "unreachable") break;
    await wait(PAUSE_MS);
  } while (Date.now() < until);
  if (health.kind === "unreachable") return { kind: "unreachable", said: `${apiHost} ${wrong}` };
  if (wrong !== null) return { kind: "failed", said: `${url} ${wrong}` };
  const edgeUrl = `https://${NO_ZONE}.${domain}/`;
  const edge = await probe(edgeUrl, { at });
  if (edge.kind === "unreachable") return { kind: "unreachable", said: `${NO_ZONE}.${domain} ${edge.reason}` };
  // The edge's own refusal shows that the route and the zone table work.
  if (edge.status !== 404 || !edge.headers.get("cache-status")?.includes("unknown-zone"))
    return {
      kind: "failed",
      said: `${edgeUrl} answers ${edge.status}, and not as the edge answers for a zone that does not exist`,
    };
  return { kind: "passed", said: `${url} is ready, and the edge answers below ${domain}` };
}

/** A name that no zone can have, see `src/hosts.ts`. */
const NO_ZONE = "no--zone";

function whatIsWrong({ status, body }: Answer, version: string | null): string | null {
  const said = body.toString();
  if (status !== 200) return `answers ${status}: ${said.slice(0, 300)}`;
  let served: unknown;
  try {
    served = (JSON.parse(said) as { version?: unknown }).version;
  } catch {
    return `answers 200, but not as the API does: ${said.slice(0, 100)}`;
  }
  if (version !== null && served !== version)
    return `is still answered by the version ${served ?? "before"}, not ${version}`;
  return null;
}

/** Whether the edge serves an asset of a zone. */
export async function checkAsset(url: string, at: string | undefined): Promise<Checked> {
  const answers: (Answer | Unreachable)[] = [await probe(url, { at }), await probe(url, { at })];
  const [first, second] = answers as [Answer | Unreachable, Answer | Unreachable];
  const { host } = new URL(url);
  if (first.kind === "unreachable") return { kind: "unreachable", said: `${host} ${first.reason}` };
  const status = first.headers.get("cache-status");
  if (first.status !== 200)
    return { kind: "failed", said: `${url} answers ${first.status} (${status ?? "not by the edge"})` };
  if (!status?.includes("ResCDN"))
    return { kind: "failed", said: `${url} is not served by the edge: no Cache-Status of ResCDN` };
  const word = second.kind === "answer" ? second.headers.get("x-cache") : second.reason;
  return { kind: "passed", said: `${url} is served: ${first.headers.get("x-cache")}, then ${word}` };
}
