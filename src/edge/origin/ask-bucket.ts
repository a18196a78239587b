import { type AskBucket, fileKey } from "../../files/buckets.ts";
import { log } from "../../log/log.ts";

/** What a bucket is asked. */
interface BucketRequest {
  method: string;
  pathAndQuery: string;
  headers: Headers;
}

/**
 * Asks a bucket of the deployment in the place of a server: each zone for its own files, and for no others. Null: it gave no
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
    // The key says what is asked for: its URL is for nobody.
    const asked = new Request("https://bucket.invalid/", { method, headers });
    const response = await buckets(name, fileKey(zoneId, path), asked);
    if (response === null) log("bucket_missing", { bucket: name, files: 0 });
    return response;
  } catch (error) {
    log("origin_failed", { origin: `r2://${name}`, reason: "origin-unreachable", error: String(error) });
    return null;
  }
}
