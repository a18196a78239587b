import { createHash, createHmac } from "node:crypto";

/** What an S3 server knows of a key. */
export interface S3Key {
  id: string;
  secret: string;
}

/**
 * Why a request's Signature Version 4 does not hold, as S3 calls it; null: it does. Written from AWS's description ("Create a
 * signed AWS API request"), not from the library that signs.
 */
export function refusalOfSignature(request: Request, body: Uint8Array, { id, secret }: S3Key): string | null {
  const field = request.headers.get("authorization") ?? "";
  const [, credential = "", signedHeaders = "", signature = ""] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(field) ?? [];
  const [keyId, day = "", region = "", service = "", end] = credential.split("/");
  if (keyId !== id) return "InvalidAccessKeyId";
  const time = request.headers.get("x-amz-date") ?? "";
  if (service !== "s3" || end !== "aws4_request" || !time.startsWith(day)) return "AuthorizationHeaderMalformed";
  const hash = hex(createHash("sha256").update(body).digest());
  if (request.headers.get("x-amz-content-sha256") !== hash) return "XAmzContentSHA256Mismatch";
  const url = new URL(request.url);
  const names = signedHeaders.split(";");
  const values = names.map((name) => `${name}:${name === "host" ? url.host : request.headers.get(name)?.trim()}\n`);
  const canonical = [request.method, canonicalPath(url.pathname), "", values.join(""), signedHeaders, hash].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, scope, hex(createHash("sha256").update(canonical).digest())].join("\n");
  const key = [day, region, service, "aws4_request"].reduce<Uint8Array | string>(
    (under, part) => createHmac("sha256", under).update(part).digest(),
    `AWS4${secret}`,
  );
  return hex(createHmac("sha256", key).update(text).digest()) === signature ? null : "SignatureDoesNotMatch";
}

/** "URI-encode the absolute path": of a key as it is named, whatever its spelling in the request. */
function canonicalPath(path: string): string {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return path
    .split("/")
    .map((segment) => encode(decodeURIComponent(segment)))
    .join("/");
}

function hex(bytes: Uint8Array): string {
  return bytes.toHex();
}
