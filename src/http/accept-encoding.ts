import { canonicalCoding } from "./content-encoding.ts";
import { weightedValues } from "./weighted-list.ts";

/** The content codings that can be offered to a client (RFC 9110 §8.4.1, RFC 8878). */
export type Coding = "br" | "gzip" | "zstd" | "identity";

/**
 * The best of the `available` codings for a client (RFC 9110 §12.5.3): the one of greatest weight, and among equals the first
 * in `available`. Null: the client accepts none of them. A client that sends no `Accept-Encoding` gets `identity` only: the
 * section would allow any coding, but such clients often cannot decode.
 */
export function preferredCoding(acceptEncoding: string | null, available: readonly Coding[]): Coding | null {
  const weights = codingWeights(acceptEncoding);
  let best: Coding | null = null;
  let bestWeight = 0;
  for (const coding of available) {
    const weight = weightOf(weights, coding);
    if (weight > bestWeight) {
      best = coding;
      bestWeight = weight;
    }
  }
  return best;
}

/** Whether a client has asked for all of these codings, by name or by `*` (RFC 9110 §12.5.3). */
export function acceptsCodings(acceptEncoding: string | null, codings: readonly string[]): boolean {
  const weights = codingWeights(acceptEncoding);
  return codings.every((coding) => weightOf(weights, canonicalCoding(coding)) > 0);
}

/** Below any weight that a client can state: a coding that is merely not excluded ranks after those that were asked for. */
const BY_DEFAULT = Number.MIN_VALUE;

function weightOf(weights: ReadonlyMap<string, number>, coding: string): number {
  // RFC 9110 §12.5.3: no coding is acceptable "unless specifically excluded by ... either identity;q=0 or *;q=0".
  return weights.get(coding) ?? weights.get("*") ?? (coding === "identity" ? BY_DEFAULT : 0);
}

function codingWeights(acceptEncoding: string | null): Map<string, number> {
  const weights = new Map<string, number>();
  for (const { value, weight } of weightedValues(acceptEncoding)) {
    const coding = canonicalCoding(value);
    if (weight !== null && !weights.has(coding)) weights.set(coding, weight);
  }
  return weights;
}
