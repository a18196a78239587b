import type { StoredResponse } from "../cache/stored-response.ts";

/** Whether a response needs a validator of our own: its origin gives it none. */
export function needsEtag({ headers, status }: StoredResponse): boolean {
  return status === 200 && !headers.some(([name]) => name === "etag" || name === "last-modified");
}

/** An entity tag made of the SHA-256 of a body. */
export function etagOf(sha256: Uint8Array): string {
  return `"${sha256.subarray(0, 16).toBase64({ alphabet: "base64url", omitPadding: true })}"`;
}
