import { preferredCoding } from "../http/accept-encoding.ts";
import { currentAge } from "../http/reuse.ts";
import type { ZoneDocument } from "../zones/zone.ts";
import { stampAge } from "./age-fields.ts";
import { CODINGS } from "./coding.ts";
import type { HotResponse, Replay } from "./hot-response.ts";
import { hit } from "./provenance.ts";
import type { Answer } from "./send.ts";
import { STORED_FOR_SECONDS } from "./store.ts";

/** What makes an answer differ beyond zone, target and coding; a request with any of these takes the whole way. */
const UNUSUAL = ["cdn-loop", "if-match", "if-modified-since", "if-none-match", "if-unmodified-since", "range"];

/** Whether all that tells this request's answer from others is its coding. */
export function isPlain(request: Request, zone: ZoneDocument): boolean {
  if (request.method !== "GET" || (zone.settings.cors !== "*" && zone.settings.cors !== false)) return false;
  const { headers } = request;
  for (const name of UNUSUAL) if (headers.has(name)) return false;
  return true;
}

/** The answer to a plain request, given again; null where there is none or it no longer holds. @param now ms */
export function replay(hot: HotResponse, request: Request, zone: ZoneDocument, now: number): Replay | null {
  const known = hot.replays.get(codingAskedFor(request.headers));
  if (known === undefined || known.zoneVersion !== zone.version || now >= known.freshUntil) return null;
  const { stored } = hot;
  const age = currentAge(stored, now);
  if (age !== known.age) {
    stampAge(known.init.headers, stored, hit("HIT", { age, ttl: stored.lifetime - age }), zone.settings);
    known.age = age;
  }
  return known;
}

/** Keeps an answer to a plain request that was fresh out of memory. */
export function record(hot: HotResponse, request: Request, zone: ZoneDocument, given: Answer, age: number): void {
  const coding = given.headers.get("content-encoding");
  const body = coding === "br" || coding === "gzip" ? hot.coded.get(coding) : hot.body;
  if (given.status !== 200 || body === undefined) return;
  const { answeredAt, lifetime, initialAge } = hot.stored;
  hot.replays.set(codingAskedFor(request.headers), {
    init: { headers: new Headers(given.headers), encodeBody: "manual" },
    body,
    size: body.size,
    zoneVersion: zone.version,
    freshUntil: answeredAt + Math.min(lifetime - initialAge, STORED_FOR_SECONDS) * 1000,
    age,
  });
}

const preferences = new Map<string, string>();
const REMEMBERED_PREFERENCES = 256;
const LONGEST_PREFERENCE = 128;

/** The coding that a client prefers of those made here. Few values of the field are in use, so they are remembered. */
function codingAskedFor(headers: Headers): string {
  const accepted = headers.get("accept-encoding");
  if (accepted === null) return "identity";
  const known = preferences.get(accepted);
  if (known !== undefined) return known;
  const preferred = preferredCoding(accepted, CODINGS) ?? "identity";
  if (accepted.length <= LONGEST_PREFERENCE) {
    if (preferences.size >= REMEMBERED_PREFERENCES) preferences.clear();
    preferences.set(accepted, preferred);
  }
  return preferred;
}
