import type { ZoneDocument } from "../../zones/zone.ts";
import type { Clients } from "./clients.ts";

/** The rules of a zone, in the form in which requests are held to them. */
export type Rules = readonly never[];

/** A request as rules see it. */
export interface RuledRequest {
  request: Request;
  /** Without the parts of a token, where there may be one. */
  url: URL;
  clients: Clients;
}

/** What rules make of a request. */
export interface Effects {
  /** Which rules match that change what is stored, as digits and dots for the cache key; `""`: none. */
  stored: string;
  /** The zone as these rules change it, the same object for the same rules; the zone itself where they change nothing. */
  zone: ZoneDocument;
  /** Whether a signature is required; null: as the zone says. */
  signature: boolean | null;
  /** What is answered in the place of caches and origin; null: they are asked. */
  answer: RuledAnswer | null;
}

/** Answered by a rule. */
export type RuledAnswer = never;

/** The rules of a zone; null: it has none. */
export function prepareRules(_zone: ZoneDocument): Rules | null {
  return null;
}

/** Decides what a zone's rules make of a request. */
export function decide(_rules: Rules, _asked: RuledRequest, zone: ZoneDocument): Effects {
  return { stored: "", zone, signature: null, answer: null };
}
