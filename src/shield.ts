import { WorkerEntrypoint } from "cloudflare:workers";
import { feedOf } from "./documents/feed-of.ts";
import { locationNotes } from "./edge/cache/location-notes.ts";
import { ownCache } from "./edge/cache/own-cache.ts";
import { type Answering, answerQuestion } from "./edge/fill/answer-question.ts";
import { originAccess } from "./edge/origin/origin-access.ts";
import { ALONE, type LocationNotes } from "./edge/origin/origin-health.ts";
import { BOUNDS_MS, originTimes } from "./edge/origin/origin-times.ts";
import { questionIn, TIER_FORM, type TierQuestion, toTierRequest } from "./edge/tier/question.ts";
import type { Tier } from "./edge/tier/tier.ts";
import type { Env } from "./env.ts";
import { askingBuckets } from "./files/buckets.ts";
import { storeOrigin, zoneHosts } from "./hosts.ts";
import { exposeIsolate } from "./metrics/isolate-figures.ts";
import { settingsOf, type Variables } from "./settings.ts";
import { Metering } from "./usage/metering.ts";
import { popOf } from "./usage/pop-of.ts";
import type { ZoneDocument } from "./zones/zone.ts";
import { readDocument, type WaitUntil, zoneTableOf } from "./zones/zone-table.ts";

/** What answering questions needs. */
export type ShieldEnv = Variables &
  Pick<Env, "ZONES" | "ZONE_PUBLISHER" | "LOCATION_METER"> &
  Partial<Pick<Env, "CHANGE_FEED">>;

/** What distinguishes the callers, also in the key of the cache in front. */
export interface ShieldProps {
  /** Id of the zone. */
  zone: string;
  form: number;
}

/** How the entrypoint below is called. */
export interface ShieldExports {
  Shield(options: { props: ShieldProps }): Pick<Fetcher, "fetch">;
}

/** The upper tier on Cloudflare: Workers Cache, and behind it this entrypoint, which asks origins for all locations. */
export class Shield extends WorkerEntrypoint<ShieldEnv, ShieldProps> {
  override async fetch(request: Request): Promise<Response> {
    const question = questionIn(request);
    const { zone, form } = this.ctx.props;
    if (question === null || form !== TIER_FORM || zone !== question.zone.id) return NOT_A_QUESTION();
    const notes = locationNotes(ownCache("rescdn"), storeOrigin(settingsOf(this.env)));
    return answerQuestion(question, shieldOf(this.env, request, notes).answering, (work) => this.ctx.waitUntil(work));
  }
}

/** Not an envelope, so the caller takes it as a failure of the tier. */
export const NOT_A_QUESTION = () => new Response("not a question\n", { status: 400 });

/** The tier behind that entrypoint. Only the key names what is asked for; the question is sent beside it. */
export function shieldTier(exported: ShieldExports): Tier {
  return {
    ask(key, question, signal) {
      const [url, headers] = toTierRequest(key, question);
      const shield = exported.Shield({ props: { zone: question.zone.id, form: TIER_FORM } });
      return shield.fetch(url, { headers, signal, cf: { cacheKey: key } });
    },
  };
}

/** What an isolate keeps to answer questions. */
interface ShieldState {
  answering: Answering;
  usage: Metering;
}

const states = new WeakMap<ShieldEnv, ShieldState>();

/**
 * @param request the one being answered, which tells where this isolate runs
 * @param notes where its location's isolates tell each other which origins are down
 */
export function shieldOf(env: ShieldEnv, { cf }: Request, notes: LocationNotes = ALONE): ShieldState {
  let state = states.get(env);
  if (state === undefined) {
    const feed = feedOf("zones", env);
    if (feed !== null) zoneTableOf(env.ZONES).follow(feed);
    const usage = new Metering(env.LOCATION_METER, popOf(cf?.colo as string | undefined));
    exposeIsolate(() => ({
      memoryBytes: 0,
      meterLagMs: usage.lagMs(Date.now()),
      originTimes: { boundsMs: BOUNDS_MS, ...originTimes() },
    }));
    state = {
      usage,
      answering: {
        hostsOf: (name) => zoneHosts(name, settingsOf(env)),
        documentOf: (question, waitUntil) => documentFor(question, env, waitUntil),
        origins: originAccess(settingsOf(env).keyring, notes, askingBuckets(env)),
        noteFailure: (zone, reason, waitUntil) => usage.countFailure(zone, reason, waitUntil),
        originNotes: (zone, waitUntil) => ({
          asked: (firstByteMs) => usage.countOrigin(zone, firstByteMs, waitUntil),
          received: (bytes) => usage.countOriginBytes(zone, bytes, waitUntil),
        }),
      },
    };
    states.set(env, state);
  }
  return state;
}

/** Delivers what an isolate has counted before it ends. */
export async function drainShield(env: ShieldEnv): Promise<void> {
  await states.get(env)?.usage.drain();
}

/** The zone, at least as new as the edge knows it: from memory or KV, else from its publisher. */
async function documentFor(
  { zone: { name }, version }: TierQuestion,
  { ZONES, ZONE_PUBLISHER }: ShieldEnv,
  waitUntil: WaitUntil,
): Promise<ZoneDocument | null> {
  const table = zoneTableOf(ZONES);
  const known = await table.lookup(name, Date.now(), waitUntil);
  if (known !== null && known.version >= version) return known;
  const newest = await ZONE_PUBLISHER.getByName(name).newest(name);
  if (newest === null) return null;
  const document = readDocument(newest);
  table.remember(document, Date.now());
  return document;
}
