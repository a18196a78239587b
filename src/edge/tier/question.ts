import { asciiJson } from "../../http/ascii-json.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import { type StoredResponse, validatorsOf } from "../cache/stored-response.ts";
import type { ForwardedField } from "../request/forwarded-fields.ts";
import type { Target } from "../request/target.ts";

/** The form of questions and envelopes. Tiers and edges of different forms do not speak to each other. */
export const TIER_FORM = 1;

/**
 * What an edge asks of the tier. All that tells two answers apart is in the key (`tierKeyOf`). The tier reads the zone's
 * document itself, so that nothing secret of it is here.
 */
export interface TierQuestion {
  form: typeof TIER_FORM;
  /** Who asks, this once. An answer that was made for another comes out of the tier's cache. */
  asker: string;
  zone: Pick<ZoneDocument, "id" | "name">;
  /** The version of the zone that the edge knows: the answer is asked for under none before it. */
  version: number;
  path: string;
  query: string;
  /** What the origin gets of the client's request. */
  fields: readonly ForwardedField[];
  /** The rules that match, and what they change of what is stored: see `ruledZone`. */
  rules: readonly number[];
  ruled: string;
  /** The conditions under which the whole is not sent once more; null: it is asked for as such. */
  validators: Readonly<Record<string, string>> | null;
  /** Of what is validated, seconds. */
  lifetime: number | null;
  /** Whether what is validated is served in the place of an error: then that is a failure. */
  servesErrors: boolean;
}

/** A stale response that is to be validated, and whether it may be served in the place of a server error. */
export interface Stale {
  stored: StoredResponse;
  servesErrors: boolean;
}

/** Carries the question. */
const QUESTION_HEADER = "rescdn-question";

/** @param stale what is to be validated; null: nothing, the whole is fetched */
export function questionOf(
  { id, name, version, ruled }: Pick<ZoneDocument, "id" | "name" | "version" | "ruled">,
  { path, query, fields, ruled: effects }: Pick<Target, "path" | "query" | "fields" | "ruled">,
  stale: Stale | null,
): TierQuestion {
  const validators = stale && validatorsOf(stale.stored);
  const isValidated = validators !== null && Object.keys(validators).length > 0;
  return {
    form: TIER_FORM,
    asker: crypto.randomUUID(),
    zone: { id, name },
    version,
    path,
    query,
    fields,
    rules: effects === "" ? [] : (ruled?.indices ?? []),
    ruled: effects,
    validators: isValidated ? validators : null,
    lifetime: isValidated ? stale!.stored.lifetime : null,
    servesErrors: isValidated && stale!.servesErrors,
  };
}

/** The request by which a question travels: a bare GET, whose path is its key. */
export function toTierRequest(key: string, question: TierQuestion): [url: string, headers: Record<string, string>] {
  return [`https://shield.invalid/${key}`, { [QUESTION_HEADER]: asciiJson(question) }];
}

/** The question of such a request; null where there is none of this form. */
export function questionIn({ headers }: Pick<Request, "headers">): TierQuestion | null {
  try {
    const question = JSON.parse(headers.get(QUESTION_HEADER) ?? "null") as TierQuestion | null;
    return question?.form === TIER_FORM ? question : null;
  } catch {
    return null;
  }
}
