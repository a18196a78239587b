import { type TierQuestion, toTierRequest } from "./question.ts";

/**
 * What is between the locations and an origin: a cache that all of them share and, behind it, the code that asks the origin. On
 * Cloudflare this is Workers Cache in front of the entrypoint `Shield`; on one machine, the control process. A server with only
 * one process has no tier: it would be a second cache beside the first.
 */
export interface Tier {
  /**
   * The answer to a question, kept or newly fetched: an envelope, see `openEnvelope`.
   *
   * @param key that of what is asked for: any answer under the same key will do
   */
  ask(key: string, question: TierQuestion, signal: AbortSignal): Promise<Response>;
}

/** The tier behind a fetcher. */
export function tierOver(fetcher: Pick<Fetcher, "fetch">): Tier {
  return {
    ask(key, question, signal) {
      const [url, headers] = toTierRequest(key, question);
      return fetcher.fetch(url, { headers, signal });
    },
  };
}
