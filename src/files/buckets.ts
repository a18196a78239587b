import { answerFromBucket } from "./answer-from-bucket.ts";

/** The buckets that the operator has bound, each as `BUCKET_<NAME>`; customers write `r2://<name>`. */
export type BucketBindings = { readonly [binding: `BUCKET_${string}`]: R2Bucket | undefined };

/** Asks a bucket, by name, for the object with a key, by HTTP; null: there is no such bucket. */
export type AskBucket = (name: string, key: string, request: Request) => Promise<Response> | null;

/** The form of an origin that is a bucket. */
const BUCKET_ORIGIN = /^r2:\/\/([a-z0-9][a-z0-9-]{0,62})\/?$/;

/** The name of an origin's bucket; null: the origin is a server. */
export function bucketName(origin: string): string | null {
  return BUCKET_ORIGIN.exec(origin)?.[1] ?? null;
}

/** The bucket with a name; null: the operator has not bound one. */
export function bucketOf(env: object, name: string): R2Bucket | null {
  const binding = `BUCKET_${name.toUpperCase().replaceAll("-", "_")}` as const;
  return (env as BucketBindings)[binding] ?? null;
}

/** The origins of all buckets that the operator has bound. */
export function bucketOrigins(env: object): string[] {
  const names = Object.keys(env).filter((name) => name.startsWith("BUCKET_"));
  return names.map((name) => `r2://${name.slice("BUCKET_".length).toLowerCase().replaceAll("_", "-")}`).sort();
}

/** Asks the buckets among these bindings. */
export function askingBuckets(env: object): AskBucket {
  return (name, key, request) => {
    const bucket = bucketOf(env, name);
    return bucket && answerFromBucket(bucket, key, request);
  };
}

/** The key that a zone's file is stored under: no zone can name another's. @param path normalised, beginning with `/` */
export function fileKey(zoneId: string, path: string): string {
  return zoneId + path;
}
