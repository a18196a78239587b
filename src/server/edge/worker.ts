/** The Worker of an edge process: zones and names are answered here, the APIs in the control process. */
import { WorkerEntrypoint } from "cloudflare:workers";
import { accountTableOf, isAccountKey } from "../../accounts/account-table.ts";
import type { LocationNotes } from "../../edge/origin/origin-health.ts";
import { tierOver } from "../../edge/tier/tier.ts";
import { type ControlSurface, createEntry, type EdgeEnv } from "../../entry.ts";
import type { Env as ProductEnv } from "../../env.ts";
import type { AskBucket } from "../../files/buckets.ts";
import { hostTableOf, isHostKey } from "../../hostnames/host-table.ts";
import { log } from "../../log/log.ts";
import { isolateFigures } from "../../metrics/isolate-figures.ts";
import { recordTableOf } from "../../records/record-table.ts";
import { ANSWER_HEADERS } from "../../rest/answer-headers.ts";
import { settingsOf } from "../../settings.ts";
import { DRAIN } from "../../usage/drain.ts";
import { readDocument, zoneKey, zoneTableOf } from "../../zones/zone-table.ts";
import { freePurged } from "./free-purged.ts";
import { answerQuestion, askedRequest, EDGE_HEADER } from "./inspection.ts";
import { type LocalCacheEnv, localCacheOf } from "./local-cache.ts";

interface Env extends EdgeEnv, LocalCacheEnv, Pick<ProductEnv, "DB"> {
  CONTROL: Fetcher;
  BUCKETS: Fetcher;
  /** This process's number among those of the server. */
  EDGE_NUMBER: number;
  /** Shared with the other processes. */
  ORIGIN_NOTES: LocationNotes;
  /** The control process, through which all edge processes ask origins. */
  TIER: Fetcher;
}

const entry = createEntry<Env>(
  otherSurface,
  localCacheOf,
  ({ TIER }) => tierOver(TIER),
  undefined,
  ({ BUCKETS }) => bucketsOver(BUCKETS),
  null,
  ({ ORIGIN_NOTES }) => ORIGIN_NOTES,
);

function bucketsOver(buckets: Fetcher): AskBucket {
  return async (name, key, { method, headers }) => {
    const answer = await buckets.fetch(`http://buckets/${name}/${encodeURIComponent(key)}`, { method, headers });
    if (answer.status === 421) throw new Error(`there is no bucket ${name}`);
    return answer;
  };
}

async function otherSurface(
  surface: ControlSurface,
  url: URL,
  request: Request,
  env: Env,
  ctx: ExecutionContext,
): Promise<Response> {
  if (surface !== "dns") return env.CONTROL.fetch(await asBelieved(request, url, env)).catch(unavailable);
  const { handleDns } = await import("../../records/dns/doh.ts");
  return handleDns(request, url, env, (work) => ctx.waitUntil(work), Date.now());
}

/** The request with what is known about its client: the control process believes everything that it says about it. */
async function asBelieved(request: Request, url: URL, env: Env): Promise<Request> {
  const { clientsOf } = await import("../../accounts/clients.ts");
  const settings = settingsOf(env);
  const clients = clientsOf(settings);
  const asn = clients.asnOf(request);
  const known: [field: string | null, value: string | null][] = [
    ["cf-connecting-ip", clients.addressOf(request)],
    ["x-forwarded-proto", clients.schemeOf(request, url)],
    [settings.countryHeader, clients.countryOf(request)],
    [settings.asnHeader, asn === null ? null : String(asn)],
    [EDGE_HEADER, String(env.EDGE_NUMBER)],
  ];
  const forwarded = new Request(request);
  for (const [field, value] of known) {
    if (field === null) continue;
    if (value === null) forwarded.headers.delete(field);
    else forwarded.headers.set(field, value);
  }
  return forwarded;
}

/** Answers while the control process restarts. */
function unavailable(error: unknown): Response {
  log("control_unavailable", { error });
  const body = { error: "The API is not available at the moment. Try again in a second.", code: "unavailable" };
  return Response.json(body, { status: 503, headers: { ...ANSWER_HEADERS, "retry-after": "1" } });
}

/** Receives what the control process tells an edge process. */
export class Publications extends WorkerEntrypoint<Env> {
  /**
   * Takes in a document that KV has just stored under the key in the path; for a GET, returns this process's figures; or
   * answers a question about this edge.
   */
  override async fetch(request: Request): Promise<Response> {
    const asked = askedRequest(request);
    if (asked !== null) return entry.fetch(asked, this.env, this.ctx);
    if (request.method === "POST") return answerQuestion(request, entry.inspector(this.env, request), this.ctx);
    if (request.method === "GET") return Response.json(isolateFigures());
    const key = decodeURIComponent(new URL(request.url).pathname.slice(1));
    this.#takeIn(key, await request.text());
    return new Response(null, { status: 204 });
  }

  #takeIn(key: string, text: string): void {
    const { ZONES } = this.env;
    if (isAccountKey(key)) {
      accountTableOf(ZONES).remember(JSON.parse(text), Date.now());
      return;
    }
    if (isHostKey(key)) {
      hostTableOf(ZONES).remember(JSON.parse(text), Date.now());
      return;
    }
    if (!key.startsWith(zoneKey(""))) {
      recordTableOf(ZONES).take(JSON.parse(text), Date.now());
      return;
    }
    const zone = readDocument(text);
    zoneTableOf(ZONES).remember(zone, Date.now());
    if (zone.state === "deleted" || zone.purges.everything[0] === zone.version) this.ctx.waitUntil(this.#freePurged());
  }

  async #freePurged(): Promise<void> {
    try {
      await freePurged(this.env.DB, localCacheOf(this.env), Date.now());
    } catch (error) {
      log("purged_not_freed", { error });
    }
  }
}

export default {
  fetch: entry.fetch,

  async scheduled({ cron }) {
    if (cron === DRAIN) await entry.drain();
  },
} satisfies ExportedHandler<Env>;
