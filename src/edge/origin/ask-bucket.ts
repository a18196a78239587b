import { type AskBucket, fileKey } from "../../files/buckets.ts";
import { log } from "../../log/log.ts";
import type { OriginOutcome, OriginRequest } from "./origin.ts";

/** Asks a bucket of the deployment in the place of a server: each zone for its own files, and for no others. */
export async function askBucket(
  name: string,
  zoneId: string,
  { method, pathAndQuery, headers }: OriginRequest,
  buckets: AskBucket,
): Promise<OriginOutcome> {
  const requestedAt = Date.now();
  const [path = ""] = pathAndQuery.split("?", 1);
  const key = fileKey(zoneId, path);
  try {
    // Its URL is for nobody: the key says what is asked for.
    const response = await buckets(name, key, new Request("https://bucket.invalid/", { method, headers }));
    if (response !== null) return { kind: "answer", response, requestedAt, answeredAt: Date.now(), isFallback: false };
    log("bucket_missing", { bucket: name, files: 0 });
  } catch (error) {
    log("origin_failed", { origin: `r2://${name}`, reason: "origin-unreachable", error: String(error) });
  }
  return { kind: "failure", failure: { reason: "origin-unreachable", retryAfter: 0 } };
}
