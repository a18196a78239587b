/** What is logged of each request, by the names that `fields` takes. `src/request-log/request-event.ts` provides it. */
export const LOG_FIELDS = [
  "time",
  "id",
  "zone",
  "host",
  "location",
  "method",
  "path",
  "query",
  "status",
  "bytes",
  "ms",
  "cache",
  "detail",
  "content_type",
  "country",
  "address",
  "referer",
  "user_agent",
] as const;

export type LogField = (typeof LOG_FIELDS)[number];

/** Where logs are delivered. */
export type LogTarget =
  | { readonly type: "https"; readonly url: string }
  | {
      readonly type: "s3";
      /** `scheme://host[:port]`: the bucket is the first part of the path. */
      readonly endpoint: string;
      readonly region: string;
      readonly bucket: string;
      /** What keys of objects begin with. */
      readonly prefix?: string;
      readonly access_key_id: string;
    };

/** Delivery of a zone's logs. */
export interface LogSettings {
  /** Never in the zone table's document: the edge delivers no logs. */
  readonly target?: LogTarget;
  /** Absent: all. */
  readonly fields?: readonly LogField[];
  /** The share of requests that is logged, above 0 and up to 1; absent: all. */
  readonly sampling?: number;
  /** Absent: truncated. */
  readonly addresses?: "truncated" | "full";
}
