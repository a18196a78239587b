import { answer, prepare } from "../answer/answer.ts";
import { refuse } from "../answer/refusal.ts";
import type { Answer } from "../answer/send.ts";
import { dropBody } from "../body/drop-body.ts";
import { type Lookup, lookup } from "../cache/lookup.ts";
import { loggable } from "../cache/report.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import type { Exchange } from "./exchange.ts";
import { discardBody, fetchAndAnswer } from "./fetch-and-answer.ts";
import { fill } from "./fill.ts";
import { flightKeyOf } from "./flight-key.ts";
import { hit } from "./provenance.ts";

/** Answers a GET or HEAD: from the store where that is allowed, else from the origin. */
export async function answerFromCache(exchange: Exchange): Promise<Answer> {
  const found = await lookup(exchange);
  // RFC 9111 §5.2.1.7: only-if-cached wants a stored response or a 504.
  const mayAsk = !exchange.directives.onlyIfCached;
  if (found.kind === "miss") return mayAsk ? fetchAndAnswer(exchange, found) : refuseUncached(exchange, found);

  const { stored, source, use } = found;
  switch (use.kind) {
    case "fresh": {
      if (source.kind === "memory" && source.hot !== null) await prepare(exchange, source.hot, use);
      return answer(exchange, stored, source, hit("HIT", use));
    }
    case "stale-while-revalidate":
      refreshInBackground(exchange, stored);
      return answer(exchange, stored, source, hit("STALE", use, "stale-while-revalidate"));
    case "validate":
      return mayAsk ? fetchAndAnswer(exchange, { ...found, use }) : refuseUncached(exchange, found);
    default:
      return use satisfies never;
  }
}

/** RFC 5861 §3: one request brings a stale response up to date, and nobody waits for it. */
function refreshInBackground(exchange: Exchange, stored: StoredResponse): void {
  const { flights, target, now, waitUntil } = exchange;
  const flightKey = flightKeyOf(exchange);
  if (flights.isFlying(flightKey) || flights.recentFailure(flightKey, now) !== null) return;
  const stale = { stored, servesErrors: true };
  const refresh = fill(exchange, { stale, part: null, wantsBody: false, isForAll: true });
  // Nobody waits for what it brings, so nobody else would hear of it if it fails.
  const report = (error: unknown) =>
    console.error(JSON.stringify({ event: "refresh_failed", key: loggable(target.key), error: String(error) }));
  waitUntil(refresh.then((led) => ("body" in led ? dropBody(led.body) : undefined)).catch(report));
}

async function refuseUncached(exchange: Exchange, found: Lookup): Promise<Answer> {
  await discardBody(found);
  return refuse("only-if-cached", exchange.request, exchange.zone);
}
