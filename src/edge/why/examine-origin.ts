import { LIFETIME_SOURCES } from "../../why/lifetimes.ts";
import type { OriginReport, StoreReport } from "../../why/report.ts";
import { dropBody } from "../body/drop-body.ts";
import { tagsOf } from "../cache/origin-fields.ts";
import type { StoreVerdict } from "../cache/store-verdict.ts";
import { fieldOf, type StoredResponse } from "../cache/stored-response.ts";
import { wholeOf } from "../fill/ask-for-whole.ts";
import type { Exchange } from "../fill/exchange.ts";
import { openWhole } from "../fill/open-whole.ts";
import type { FailureReason } from "../origin/failure-reason.ts";
import { askOrigin } from "../origin/origin.ts";
import { lifetimeOf, spoken, told } from "./told.ts";

/** How many of an answer's fields are shown, and how much of each (characters). */
const MOST_FIELDS = 100;
const LONGEST_VALUE = 1_000;

/** What is reported of an origin, and what the edge would do with its answer. */
export interface Examined {
  report: OriginReport;
  /** Null: there was no answer. */
  judged: { stored: StoredResponse; verdict: StoreVerdict } | null;
}

/**
 * Asks an origin what a fill would ask it, and judges the answer as a fill would. Nothing is kept, nobody else waits for it,
 * and its body is read only as far as it takes to tell what it is.
 */
export async function examineOrigin(exchange: Exchange): Promise<Examined> {
  const request = wholeOf(exchange, null);
  const asked = exchange.zone.origin + request.pathAndQuery;
  const sent = [...request.headers.keys()];
  const begun = Date.now();
  const failed = (reason: FailureReason): Examined => {
    const failure = told(reason);
    const milliseconds = Date.now() - begun;
    const nothing = { status: null, fallback: false, fields: [], verdict: null };
    const story = [`The origin gave no answer. ${failure.means} ${failure.cure}`];
    return { report: { asked, sent, reachable: false, milliseconds, ...nothing, failure, story }, judged: null };
  };
  const outcome = await askOrigin(exchange, request, () => undefined);
  if (outcome.kind === "failure") return failed(outcome.failure.reason);
  const opened = await openWhole(exchange, outcome);
  if (opened.kind === "failure") return failed(opened.failure.reason);
  await dropBody(opened.body);
  const { response, requestedAt, answeredAt } = outcome;
  const { stored, verdict } = opened;
  const { status } = response;
  const report: OriginReport = {
    asked,
    sent,
    reachable: true,
    status,
    milliseconds: answeredAt - requestedAt,
    fallback: outcome.isFallback,
    fields: shownFields(response.headers),
    failure: null,
    verdict: storeReport(response.headers, stored, verdict),
    story: [],
  };
  return { report: { ...report, story: storyOf(report, stored, verdict) }, judged: { stored, verdict } };
}

function storeReport(said: Headers, stored: StoredResponse, verdict: StoreVerdict): StoreReport {
  return {
    stored: verdict.store,
    word: verdict.store ? null : told(verdict.reason),
    lifetime: lifetimeOf(stored),
    content_type: { said: said.get("content-type"), sent: fieldOf(stored, "content-type") },
    size: stored.size,
    vary: stored.vary === "*" ? ["*"] : [...stored.vary],
    tags: tagsOf(said).slice(0, MOST_FIELDS),
  };
}

function storyOf({ status, milliseconds, verdict }: OriginReport, stored: StoredResponse, { store }: StoreVerdict) {
  const { content_type, word, lifetime, vary } = verdict!;
  const { said, sent } = content_type;
  const story = [`The origin answers ${status} after ${milliseconds} ms.`];
  const location = fieldOf(stored, "location");
  if (location !== null)
    story.push(`It redirects to ${location}: clients are sent there, and the edge does not follow it.`);
  if (said !== sent) story.push(`Its type is ${said ?? "not stated"}; clients are told ${sent ?? "none"}.`);
  if (!store) story.push(`It is not stored (${word!.word}). ${word!.means} ${word!.cure}`);
  else if (lifetime.seconds === 0) story.push("It is stored, and validated at the origin before each use.");
  else {
    const { says } = LIFETIME_SOURCES[stored.source];
    story.push(`It is stored, and fresh for ${spoken(lifetime.seconds)}. That comes from ${says}.`);
  }
  if (store && vary.length > 0) story.push(`One copy is stored for each value of ${vary.join(", ")}.`);
  return story;
}

/** Fields as they came, except for the values of cookies, which may be somebody's session. */
function shownFields(headers: Headers): { name: string; value: string }[] {
  const cookies = headers.getSetCookie().map((cookie) => ({ name: "set-cookie", value: `${nameOf(cookie)}=[hidden]` }));
  const others = [...headers]
    .filter(([name]) => name !== "set-cookie")
    .map(([name, value]) => ({ name, value: value.slice(0, LONGEST_VALUE) }));
  return [...others, ...cookies].slice(0, MOST_FIELDS);
}

function nameOf(cookie: string): string {
  return cookie.split("=", 1)[0]!.trim().slice(0, LONGEST_VALUE);
}
