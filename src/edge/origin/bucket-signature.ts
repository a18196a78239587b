/** What signs requests to a bucket. */
export interface BucketKey {
  region: string;
  accessKeyId: string;
  secret: string;
  /** Keys that were derived from the secret, by day. */
  derived: Map<string, ArrayBuffer>;
}

/** SHA-256 of nothing: neither a GET nor a HEAD has content. */
const NO_CONTENT = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** The fields that are signed besides host and path: all that change how much of the object an answer has. */
const SIGNED = ["range", "if-range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since"];

/** How many days' keys are kept. */
const DERIVED_BOUND = 4;

/**
 * The fields that a request for an object is signed with (Signature Version 4 of AWS, in the `Authorization` field).
 *
 * @param url as it is sent, with the host from `Host`; it has no query
 * @param now by the bucket's clock, ms since the epoch
 */
export async function bucketSignature(
  method: string,
  url: string,
  headers: Headers,
  { region, accessKeyId, secret, derived }: BucketKey,
  now: number,
): Promise<Record<string, string>> {
  if (derived.size > DERIVED_BOUND) derived.clear();
  const signed = new Headers({ "x-amz-content-sha256": NO_CONTENT });
  for (const [name, value] of headers) if (SIGNED.includes(name) || name.startsWith("x-amz-")) signed.set(name, value);
  // Loaded when a bucket is first asked, so that isolates start without it.
  const { AwsV4Signer } = await import("aws4fetch");
  const signer = new AwsV4Signer({
    method,
    url,
    headers: signed,
    accessKeyId,
    secretAccessKey: secret,
    region,
    service: "s3",
    cache: derived,
    datetime: new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, ""),
    allHeaders: true,
  });
  const { headers: made } = await signer.sign();
  return Object.fromEntries(
    ["authorization", "x-amz-date", "x-amz-content-sha256"].map((name) => [name, made.get(name)!]),
  );
}
