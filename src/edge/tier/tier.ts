import { type TierQuestion, toTierRequest } from "./question.ts";

/**
 * What stands between the locations and an origin: a cache that all of them share, and behind it whoever asks the origin. On
 * Cloudflare that is Workers Cache in front of the entrypoint `Shield`; on one machine the control process. Where a server is one
 * process there is none: it would be a second cache beside the first.
 */
export interface Tier {
  /**
   * The answer to a question, as the tier holds it or gets it: an envelope, see `openEnvelope`.
   *
   * @param key of what is asked for: one of the same key is an answer to it
   */
  ask(key: string, question: TierQuestion, signal: AbortSignal): Promise<Response>;
}

/** The tier that a fetcher answers for. */
export function tierOver(fetcher: Pick<Fetcher, "fetch">): Tier {
  return {
    ask(key, question, signal) {
      const [url, headers] = toTierRequest(key, question);
      return fetcher.fetch(url, { headers, signal });
    },
  };
}
