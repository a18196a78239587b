import { setTimeout as wait } from "node:timers/promises";
import { type Answer, probe, type Unreachable } from "../probe.ts";
import { bad, type Finding, hint, ok } from "./finding.ts";
import type { Patient } from "./patient.ts";

/** Whether an asset is served, and its headers are as the edge would send them. */
export function checkAssetHeaders(answer: Answer | Unreachable, url: string): Finding[] {
  if (answer.kind === "unreachable")
    return [bad("asset", `${new URL(url).host} ${answer.reason}`, "look at the DNS record and the route of zones")];
  const { status, headers } = answer;
  const cacheStatus = headers.get("cache-status");
  if (!cacheStatus?.includes("ResCDN"))
    return [
      bad(
        "headers",
        `${url} answers ${status} without a Cache-Status of ResCDN`,
        "the edge does not answer here: look at EDGE_DOMAINS, the route, and a proxy's own cache",
      ),
    ];
  if (status !== 200)
    return [
      bad(
        "asset",
        `${url} answers ${status} (${cacheStatus})`,
        "the detail says why: a zone that is not there or paused, or an origin that fails",
      ),
    ];
  const missing = ["content-type", "x-content-type-options", "x-cache"].filter((name) => !headers.has(name));
  if (missing.length > 0)
    return [bad("headers", `${missing.join(", ")} missing`, "a proxy in front drops them: have it pass all fields")];
  const via = headers.get("server");
  const cors = headers.has("access-control-allow-origin");
  const said = `${headers.get("content-type")}, ${cacheStatus}${via === null ? "" : `, behind ${via}`}`;
  if (!cors)
    return [
      hint(
        "headers",
        said,
        "no Access-Control-Allow-Origin: fonts and modules of other sites need it (the zone's setting cors)",
      ),
    ];
  return [ok("headers", said)];
}

/** A location has several caches, each of which may have a miss first. */
const TRIES = 5;

export async function checkHit(url: string, at: string | undefined): Promise<Finding> {
  let last: Answer | Unreachable | null = null;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    last = await probe(url, { at });
    if (last.kind === "answer" && isHit(last))
      return ok("cache", `${last.headers.get("x-cache")}, ${Math.round(last.ms)} ms`);
  }
  const status = last?.kind === "answer" ? last.headers.get("cache-status") : last?.reason;
  return bad(
    "cache",
    `no hit in ${TRIES} requests: ${status}`,
    "the detail says why it is not stored; the origin's Cache-Control or the zone's ttl decide",
  );
}

/** Purges the asset and checks that it is fetched again. */
export async function checkPurge({ api, at, purgeMs }: Patient, url: string, key: string): Promise<Finding> {
  const { hostname, pathname } = new URL(url);
  const query = new URLSearchParams({ zone: hostname.slice(0, hostname.indexOf(".")), path: pathname });
  const began = Date.now();
  const purge = await probe(`${api}/v1/purge?${query}`, { at, headers: { "x-rescdn-key": key } });
  if (purge.kind === "unreachable") return bad("purge", purge.reason, "see above");
  if (purge.status !== 200)
    return bad(
      "purge",
      `/v1/purge answers ${purge.status}: ${purge.body.toString().slice(0, 200)}`,
      purge.status === 404 ? "the asset's zone must be one of the key's" : "the key needs the scope purge",
    );
  // The purge has effect at once where it was made, elsewhere when KV has it.
  do {
    const answer = await probe(url, { at });
    if (answer.kind === "answer" && !isHit(answer))
      return ok("purge", `fetched again after ${((Date.now() - began) / 1_000).toFixed(1)} s`);
    await wait(Math.min(1_000, purgeMs));
  } while (Date.now() - began < purgeMs);
  return bad(
    "purge",
    `still a hit ${Math.round(purgeMs / 1_000)} s later`,
    "is another cache in front, or an origin behind Cloudflare? Otherwise look for publish_failed in the log",
  );
}

function isHit({ headers }: Answer): boolean {
  return /^(HIT|STALE)$/.test(headers.get("x-cache") ?? "");
}
