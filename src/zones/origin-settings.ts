/** How the edge authenticates to an origin. */
export type OriginAuth = SealedSecret &
  (
    | {
        /** Signature Version 4 of AWS, which S3, R2, B2, MinIO and GCS accept. */
        readonly type: "s3";
        readonly region: string;
        readonly access_key_id: string;
      }
    /** RFC 7617. */
    | { readonly type: "basic"; readonly username: string }
    /** RFC 6750 §2.1. */
    | { readonly type: "bearer" }
  );

interface SealedSecret {
  /** The output of `seal`, for {@link originAuthPlace}. */
  readonly sealed: string;
  /** When the customer gave it, ms since the epoch. */
  readonly set_at: number;
}

/** One of several origins of a zone. */
export interface ListedOrigin {
  /** What `Cache-Status` and logs call it. */
  readonly name: string;
  /** `scheme://host[:port]`, perhaps with a path. */
  readonly url: string;
  /** Its share of the requests that go to it first; absent: 1 for the first in the list, 0 for the others. */
  readonly weight?: number;
  /** No new request goes to it. */
  readonly drain?: boolean;
  /** `Host`; absent: its own. */
  readonly host?: string;
  /** Set on requests to it. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly auth?: OriginAuth;
}

/** When the next of several origins is asked. */
export interface FailoverSettings {
  /** What counts as a failure, besides no answer; absent: `"5xx"`. */
  readonly statuses?: readonly (number | "5xx")[];
  /** How many more times origins are asked for one request; absent: each of the others once, three at most. */
  readonly retries?: number;
  /** A path that the cron asks each origin for every minute; absent: none. */
  readonly check_path?: string;
}

/** How many requests an isolate makes to a zone's origins at the same time. */
export interface OriginLimit {
  readonly concurrent: number;
  /** How many may wait for their turn; absent: ten times as many. */
  readonly queue?: number;
  /** How long each waits, ms; absent: 1,000. */
  readonly wait_ms?: number;
}

/** The place that an origin's secret is sealed for: it cannot be opened for another zone, or for another server. */
export function originAuthPlace(zoneId: string, url: string): string {
  return `origin auth of ${zoneId} at ${new URL(url).origin}`;
}
