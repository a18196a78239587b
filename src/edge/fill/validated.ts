import { NO_DIRECTIVES } from "../../http/cache-control.ts";
import { selectsStored } from "../../http/freshen.ts";
import { headersOf } from "../../http/headers-of.ts";
import { ownCookies } from "../cache/client-headers.ts";
import { isWorthWriting } from "../cache/is-worth-writing.ts";
import { useOfAnswer } from "../cache/lookup.ts";
import { reportStoreFailure } from "../cache/report.ts";
import { type StorableFor, storeVerdict } from "../cache/store-verdict.ts";
import { freshened, type OriginAnswer, type StoredResponse, validatedHeaders } from "../cache/stored-response.ts";
import type { Above } from "./ask-for-whole.ts";
import type { Leader } from "./coalescing.ts";
import type { Exchange } from "./exchange.ts";
import { type Led, NOTHING_LEFT } from "./filled.ts";

/** A request without any fields of its own. */
const ANYBODY: StorableFor = { request: { headers: new Headers() }, directives: NO_DIRECTIVES };

/** RFC 9111 §4.3.4: updates the stored response and keeps it. */
export function validated(
  exchange: Exchange,
  stale: StoredResponse,
  answer: OriginAnswer & { origin: string | null },
  isShared: boolean,
  above: Above,
  leader: Leader,
): Led {
  const { request, zone, target, store, memory } = exchange;
  const cookies = ownCookies(answer.response.headers, zone.settings.forward, exchange.hosts);
  const asItWas = {
    fill: { kind: "validated", stored: stale, cookies, origin: answer.origin, above },
    done: NOTHING_LEFT,
    over: NOTHING_LEFT,
  } satisfies Led;
  // RFC 9111 §4.3.4: a 304 that names another validator "MUST NOT" update what is stored; it still confirms it.
  if (!isShared || !selectsStored(validatedHeaders(stale), answer.response.headers)) {
    leader.settle({ kind: "unshared" });
    return asItWas;
  }
  const fresh = freshened(stale, answer, request.headers, target, zone);
  const updated = { response: { status: fresh.status, headers: headersOf(fresh.headers) } };
  const isStorable = (asked: StorableFor) => storeVerdict(updated, fresh, asked, target, zone).store;
  // A 304 may say that the stored response must not stay. What one request says of itself changes nothing for others.
  const mayStay = isStorable(ANYBODY);
  // Those that wait for it would have to validate it as well.
  const isUsable = useOfAnswer(fresh, exchange).kind !== "validate";
  const staysAsItIs = leader.isOutdated || !isStorable(exchange) || !isWorthWriting(stale, fresh, isUsable, zone);
  if (mayStay && staysAsItIs) {
    leader.settle({ kind: "unshared" });
    return { ...asItWas, fill: { ...asItWas.fill, stored: fresh } };
  }
  memory?.delete(target.key);
  const update = async () => {
    if (mayStay) await store.rewrite(target.key, stale, fresh);
    // It may have changed while it was being written.
    const isGone = !mayStay || leader.isOutdated;
    if (isGone) await store.remove(target.key);
    leader.settle(isGone || !isUsable ? { kind: "unshared" } : { kind: "stored", stored: fresh });
  };
  const done = update().catch((error: unknown) => {
    reportStoreFailure(target.key)(error);
    leader.settle({ kind: "unshared" });
  });
  return { ...asItWas, fill: { ...asItWas.fill, stored: fresh }, done };
}
