import { formatCacheStatus } from "../../http/cache-status.ts";
import type { CacheWord } from "../../why/words.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import type { RuledAnswer } from "../policy/answer-by-rule.ts";
import { addEdgeHeaders } from "./edge-headers.ts";
import { refuse } from "./refusal.ts";
import type { Answer } from "./send.ts";

/** How long clients may keep the zone's redirects and robots.txt, seconds: short, since their author may change them. */
const KEPT_SECONDS = 300;

/** What a rule answers in place of the caches and the origin. */
export function ruledAnswer(ruled: RuledAnswer, request: Request, zone: ZoneDocument): Answer {
  switch (ruled.kind) {
    case "denied":
      return {
        ...refuse("denied", request, zone, {}, ruled.text === null ? {} : { error: ruled.text }),
        status: ruled.status,
      };
    case "redirect":
      return own(ruled.status, { location: ruled.location }, null, "redirect", request, zone);
    case "robots":
      return own(200, { "content-type": "text/plain; charset=utf-8" }, ruled.text, "robots", request, zone);
    default:
      return ruled satisfies never;
  }
}

function own(
  status: number,
  fields: Readonly<Record<string, string>>,
  text: string | null,
  detail: CacheWord,
  request: Request,
  zone: ZoneDocument,
): Answer {
  const cacheStatus = formatCacheStatus({ detail });
  const headers = new Headers({ "cache-status": cacheStatus, "x-cache": "BYPASS" });
  addEdgeHeaders(headers, request.headers, zone);
  for (const [name, value] of Object.entries(fields)) headers.set(name, value);
  const seconds = zone.settings.browser_ttl ?? KEPT_SECONDS;
  headers.set("cache-control", `${zone.ruled?.isPrivate ? "private" : "public"}, max-age=${seconds}`);
  const body = new Blob(text === null ? [] : [text]);
  headers.set("content-length", String(body.size));
  const sent = request.method === "HEAD" || text === null ? null : body;
  return { status, headers, body: sent, isOnTheWay: false, tally: null, xCache: "BYPASS" };
}
