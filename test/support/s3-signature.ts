/** What an S3 server knows about a key. */
export interface S3Key {
  id: string;
  secret: string;
}

/**
 * Why a request's Signature Version 4 is invalid, in S3's words; null: it is valid. Written from AWS's description ("Create a
 * signed AWS API request"), not from the library that signs.
 */
export async function refusalOfSignature(
  request: Request,
  body: Uint8Array,
  { id, secret }: S3Key,
): Promise<string | null> {
  const field = request.headers.get("authorization") ?? "";
  const [, credential = "", signedHeaders = "", signature = ""] =
    /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(field) ?? [];
  const [keyId, day = "", region = "", service = "", end] = credential.split("/");
  if (keyId !== id) return "InvalidAccessKeyId";
  const time = request.headers.get("x-amz-date") ?? "";
  if (service !== "s3" || end !== "aws4_request" || !time.startsWith(day)) return "AuthorizationHeaderMalformed";
  const hash = await sha256(body);
  if (request.headers.get("x-amz-content-sha256") !== hash) return "XAmzContentSHA256Mismatch";
  const url = new URL(request.url);
  const names = signedHeaders.split(";");
  const values = names.map((name) => `${name}:${name === "host" ? url.host : request.headers.get(name)?.trim()}\n`);
  const path = canonicalPath(url.pathname);
  const canonical = [request.method, path, "", values.join(""), signedHeaders, hash].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, scope, await sha256(encoder.encode(canonical))].join("\n");
  let key: Uint8Array = encoder.encode(`AWS4${secret}`);
  for (const part of [day, region, service, "aws4_request", text]) key = await hmac(key, part);
  return key.toHex() === signature ? null : "SignatureDoesNotMatch";
}

const encoder = new TextEncoder();

async function sha256(bytes: Uint8Array): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

async function hmac(key: Uint8Array, text: string): Promise<Uint8Array> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, encoder.encode(text)));
}

/** "URI-encode the absolute path": of the key's real name, however it is spelled in the request. */
function canonicalPath(path: string): string {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return path
    .split("/")
    .map((segment) => encode(decodeURIComponent(segment)))
    .join("/");
}
