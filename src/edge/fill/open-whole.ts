import { type StoreVerdict, storeVerdict } from "../cache/store-verdict.ts";
import { type OriginAnswer, type StoredResponse, toStoredResponse } from "../cache/stored-response.ts";
import { unlistedFields } from "../request/forwarded-fields.ts";
import type { Exchange } from "./exchange.ts";
import { type Opened, openAnswer } from "./open-answer.ts";

/** The origin's answer with its body opened, as it would be kept, and the verdict on whether it is. */
export type OpenedWhole =
  | (Extract<Opened, { kind: "open" }> & { stored: StoredResponse; verdict: StoreVerdict })
  | Extract<Opened, { kind: "failure" }>;

/** Opens the origin's answer and judges it. */
export async function openWhole(
  exchange: Exchange,
  outcome: OriginAnswer & { isFallback: boolean },
): Promise<OpenedWhole> {
  const { request, target, zone } = exchange;
  const opened = await openAnswer(outcome, target, zone, exchange.noteFailure);
  if (opened.kind === "failure") return opened;
  const stored = toStoredResponse(opened.answer, request.headers, target, zone, opened.decoding);
  const verdict: StoreVerdict = standsInForOne(outcome, exchange)
    ? { store: false, reason: "fallback" }
    : storeVerdict(opened.answer, stored, exchange, target, zone);
  return { ...opened, stored, verdict };
}

/**
 * Whether an answer of the fallback origin is for this client alone: something that the client sent beyond the cache key may
 * have made the first origin fail.
 */
export function standsInForOne(
  { isFallback }: { isFallback: boolean },
  { request, zone }: Pick<Exchange, "request" | "zone">,
): boolean {
  return isFallback && unlistedFields(request.headers, zone.settings.forward).length > 0;
}
