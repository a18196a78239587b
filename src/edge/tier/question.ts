import { asciiJson } from "../../http/ascii-json.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import { type StoredResponse, validatorsOf } from "../cache/stored-response.ts";
import type { ForwardedField } from "../request/forwarded-fields.ts";
import type { Target } from "../request/target.ts";

/** The version of the format of questions and envelopes. Tiers and edges of different versions do not talk to each other. */
export const TIER_FORM = 1;

/**
 * What an edge asks the tier. Everything that tells two answers apart is in the key (`tierKeyOf`). The tier reads the zone's
 * document itself, so this holds none of its secrets.
 */
export interface TierQuestion {
  form: typeof TIER_FORM;
  /** A new id for each question. If the answer has another, it comes from the tier's cache. */
  asker: string;
  zone: Pick<ZoneDocument, "id" | "name">;
  /** The version of the zone that the edge knows. The tier must not use an earlier one. */
  version: number;
  path: string;
  query: string;
  /** What the origin gets of the client's request. */
  fields: readonly ForwardedField[];
  /** The rules that match, and the key's part for what they change: see `ruledZone`. */
  rules: readonly number[];
  ruled: string;
  /** The validators for which the whole need not be sent again; null: the whole is asked for. */
  validators: Readonly<Record<string, string>> | null;
  /** The lifetime of what is validated, seconds. */
  lifetime: number | null;
  /** Whether what is validated is served in place of an error: then an error is a failure. */
  servesErrors: boolean;
}

/** A stale response to validate, and whether it may be served in place of a server error. */
export interface Stale {
  stored: StoredResponse;
  servesErrors: boolean;
}

/** Carries the question. */
const QUESTION_HEADER = "rescdn-question";

/** @param stale what to validate; null: nothing, the whole is fetched */
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

/** The request that carries a question: a bare GET, whose path is its key. */
export function toTierRequest(key: string, question: TierQuestion): [url: string, headers: Record<string, string>] {
  return [`https://shield.invalid/${key}`, { [QUESTION_HEADER]: asciiJson(question) }];
}

/** The question in such a request; null: there is none in this format. */
export function questionIn({ headers }: Pick<Request, "headers">): TierQuestion | null {
  try {
    const question = JSON.parse(headers.get(QUESTION_HEADER) ?? "null") as TierQuestion | null;
    return question?.form === TIER_FORM ? question : null;
  } catch {
    return null;
  }
}
