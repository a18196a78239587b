/** How the edge shows an origin who it is. */
export type OriginAuth = SealedSecret &
  (
    | {
        /** Signature Version 4 of AWS, as S3, R2, B2, MinIO and GCS take it. */
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
  /** As `seal` makes it, for {@link originAuthPlace}. */
  readonly sealed: string;
  /** When its customer gave it, ms since the epoch. */
  readonly set_at: number;
}

/** One of several origins of a zone. */
export interface ListedOrigin {
  /** What `Cache-Status` and logs call it. */
  readonly name: string;
  /** `scheme://host[:port]`, perhaps with a path. */
  readonly url: string;
  /** Its share of the requests that go to it first; left out: 1 of the first in the list, 0 of the others. */
  readonly weight?: number;
  /** No new request goes to it. */
  readonly drain?: boolean;
  /** `Host`; left out: its own. */
  readonly host?: string;
  /** Set on requests to it. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly auth?: OriginAuth;
}

/** When the next of several origins is asked. */
export interface FailoverSettings {
  /** What counts as a failure beside no answer; left out: `"5xx"`. */
  readonly statuses?: readonly (number | "5xx")[];
  /** How many more times origins are asked for one request; left out: once each of the others, three at most. */
  readonly retries?: number;
  /** A path that the cron asks of each origin every minute; left out: none. */
  readonly check_path?: string;
}

/** How many requests an isolate makes of a zone's origins at the same time. */
export interface OriginLimit {
  readonly concurrent: number;
  /** How many wait for their turn; left out: ten times as many. */
  readonly queue?: number;
  /** For how long each waits, ms; left out: 1,000. */
  readonly wait_ms?: number;
}

/** What an origin's secret is sealed for: it can be opened for no other zone, and for no other server. */
export function originAuthPlace(zoneId: string, url: string): string {
  return `origin auth of ${zoneId} at ${new URL(url).origin}`;
}
