import { dropBody } from "../../edge/body/drop-body.ts";
import { bucketErrorCode } from "../../edge/origin/bucket-error-code.ts";
import { log } from "../../log/log.ts";
import { checkOrigin } from "../../origin-guard/origin-guard.ts";
import type { OriginPolicy } from "../../origin-guard/origin-policy.ts";
import { type AttemptResult, judgeStatus, noAnswerWithin, UNREACHED } from "../../signed-delivery/post-signed.ts";
import type { LogTarget } from "../../zones/log-settings.ts";

const TIMEOUT_SECONDS = 30;

/**
 * Puts an object into a bucket that speaks S3, signed with AWS Signature Version 4. The bucket is part of the path, which every
 * such server accepts. Redirects are not followed.
 */
export async function putObject(
  target: Extract<LogTarget, { type: "s3" }>,
  secret: string,
  key: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  policy: OriginPolicy,
): Promise<AttemptResult> {
  const verdict = checkOrigin(target.endpoint, policy);
  if (!verdict.ok) return { kind: "failed", status: null, reason: `The endpoint ${verdict.reason}` };
  const { access_key_id: accessKeyId, region, bucket } = target;
  const { AwsClient } = await import("aws4fetch");
  const client = new AwsClient({ accessKeyId, secretAccessKey: secret, service: "s3", region });
  const path = [bucket, ...key.split("/")].map(encoded).join("/");
  const signal = AbortSignal.timeout(TIMEOUT_SECONDS * 1_000);
  try {
    const signed = await client.sign(`${verdict.origin}/${path}`, {
      method: "PUT",
      headers: { ...headers, "x-amz-content-sha256": await sha256(body) },
      body,
    });
    const response = await fetch(signed, { cache: "no-store", redirect: "manual", signal });
    const result = judgeStatus(response.status);
    if (result.kind === "delivered") {
      await dropBody(response.body);
      return result;
    }
    const code = await bucketErrorCode(response);
    return code === null ? result : { ...result, reason: `${result.reason} (${code})` };
  } catch (error) {
    log("log_target_failed", { origin: verdict.origin, error });
    return { kind: "failed", status: null, reason: signal.aborted ? noAnswerWithin(TIMEOUT_SECONDS) : UNREACHED };
  }
}

/** Encoded as for the signature, so that no server has to guess: everything but the unreserved characters of RFC 3986 §2.3. */
function encoded(segment: string): string {
  return encodeURIComponent(segment).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

async function sha256(body: Uint8Array): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", body)).toHex();
}
