import { type AskBucket, fileKey } from "../../files/buckets.ts";
import { log } from "../../log/log.ts";

/** A request to a bucket. */
interface BucketRequest {
  method: string;
  pathAndQuery: string;
  headers: Headers;
}

/**
 * Asks one of the deployment's buckets instead of a server. Each zone can ask for its own files only. Null: the bucket gave no
 * answer.
 */
export async function askBucket(
  name: string,
  zoneId: string,
  { method, pathAndQuery, headers }: BucketRequest,
  buckets: AskBucket,
): Promise<Response | null> {
  const [path = ""] = pathAndQuery.split("?", 1);
  try {
    // The key says what is asked for. Nobody uses this URL.
    const asked = new Request("https://bucket.invalid/", { method, headers });
    const response = await buckets(name, fileKey(zoneId, path), asked);
    if (response === null) log("bucket_missing", { bucket: name, files: 0 });
    return response;
  } catch (error) {
    log("origin_failed", { origin: `r2://${name}`, reason: "origin-unreachable", error: String(error) });
    return null;
  }
}
