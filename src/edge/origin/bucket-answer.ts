import { isError } from "../../http/statuses.ts";
import { bucketErrorCode } from "./bucket-error-code.ts";

/** What a bucket's answer means to the edge. */
export type BucketAnswer =
  /** The object, or that there is none. Clients get it. */
  | { kind: "answer"; response: Response }
  /** Caused by the zone: by its key, region or bucket. `code`: the bucket's word, if it gives one. */
  | { kind: "refused"; code: string | null };

/** Codes that are the zone's fault, whatever status they come with. */
const ZONES_FAULTS = new Set([
  ...["AuthorizationHeaderMalformed", "AuthorizationQueryParametersError", "AllAccessDisabled", "ExpiredToken"],
  ...["AccessDenied.SignatureDoesNotMatch", "AuthFailure", "InvalidSecurity", "InvalidToken", "NotSignedUp"],
  ...["IllegalLocationConstraintException", "InvalidAccessKeyId", "InvalidBucketName", "InvalidBucketState"],
  ...["InvalidArgument", "NoSuchBucket", "PermanentRedirect", "Redirect", "RequestTimeTooSkewed"],
  ...["SignatureDoesNotMatch", "TemporaryRedirect", "UnauthorizedAccess", "AccountProblem", "InvalidRequest"],
]);

/**
 * Reads the answer of a bucket. Its errors are XML that names the bucket, the signing key and more about the zone, so clients
 * get only the status and the code, in the edge's own form.
 *
 * @param received is called with the bytes of an error
 */
export async function bucketAnswer(
  response: Response,
  method: string,
  received: (bytes: number) => void,
): Promise<BucketAnswer> {
  const { status, headers } = response;
  const isRedirect = status >= 300 && status < 400 && status !== 304;
  if (status < 400 && !isRedirect) return { kind: "answer", response };
  const code = await bucketErrorCode(response, received);
  if (isRedirect || status === 400 || status === 401 || (code !== null && ZONES_FAULTS.has(code)))
    return { kind: "refused", code };
  const body = `${JSON.stringify({ error: sentenceOf(status), code: "origin-s3", ...(code && { origin_code: code }) })}\n`;
  const shown = new Headers({ "content-type": "application/json" });
  for (const name of ["cache-control", "content-range", "date", "retry-after"]) {
    const value = headers.get(name);
    if (value !== null) shown.set(name, value);
  }
  shown.set("content-length", String(new TextEncoder().encode(body).byteLength));
  return { kind: "answer", response: new Response(method === "HEAD" ? null : body, { status, headers: shown }) };
}

function sentenceOf(status: number): string {
  if (status === 404) return "the origin's bucket has no such object";
  if (status === 403) return "the origin's bucket has no such object, or does not show it";
  if (status === 416) return "the object is shorter than the range that was asked for";
  return isError(status) ? "the origin's bucket is failing" : "the origin's bucket refuses this";
}
