import { type StoreVerdict, storeVerdict } from "../cache/store-verdict.ts";
import { type OriginAnswer, type StoredResponse, toStoredResponse } from "../cache/stored-response.ts";
import { unlistedFields } from "../request/forwarded-fields.ts";
import type { Exchange } from "./exchange.ts";
import { type Opened, openAnswer } from "./open-answer.ts";

/** The origin's answer with its body opened, as it would be kept, and whether it is. */
export type OpenedWhole =
  | (Extract<Opened, { kind: "open" }> & { stored: StoredResponse; verdict: StoreVerdict })
  | Extract<Opened, { kind: "failure" }>;

/** Opens what the origin has answered, and judges it. */
export async function openWhole(
  exchange: Exchange,
  outcome: OriginAnswer & { isFallback: boolean },
): Promise<OpenedWhole> {
  const { request, target, zone } = exchange;
  const opened = await openAnswer(outcome, target, zone, exchange.noteFailure);
  if (opened.kind === "failure") return opened;
  const stored = toStoredResponse(opened.answer, request.headers, target, zone);
  const verdict: StoreVerdict = standsInForOne(outcome, exchange)
    ? { store: false, reason: "fallback" }
    : storeVerdict(opened.answer, stored, exchange, target, zone);
  return { ...opened, stored, verdict };
}

/**
 * Whether an answer of the fallback origin is for this client alone: what it has sent beyond the cache key may be why the
 * first origin failed.
 */
export function standsInForOne(
  { isFallback }: { isFallback: boolean },
  { request, zone }: Pick<Exchange, "request" | "zone">,
): boolean {
  return isFallback && unlistedFields(request.headers, zone.settings.forward).length > 0;
}
