import type { BodySource } from "../cache/body-source.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import type { FailureReason } from "../origin/failure-reason.ts";
import type { Provenance } from "./provenance.ts";

/** What a request came to, before anything is said to its client. */
export type Outcome =
  | ResponseOutcome
  /** Nothing that could be served, and why. */
  | {
      kind: "refused";
      reason: FailureReason | "only-if-cached" | "maintenance";
      /** The origin's own word for it, if it has one. */
      code?: string | undefined;
    };

/** A response, stored or on its way, from which the client is answered. */
export interface ResponseOutcome {
  kind: "response";
  stored: StoredResponse;
  source: BodySource;
  provenance: Provenance;
  /** Cookies that the origin sets at this client alone, whose request it has just answered. */
  cookies: readonly string[];
}

/** A response for which this request did not ask the origin. */
export function given(stored: StoredResponse, source: BodySource, provenance: Provenance): ResponseOutcome {
  return { kind: "response", stored, source, provenance, cookies: [] };
}
