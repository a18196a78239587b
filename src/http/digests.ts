/** Digests of the content of one message, which may be only a part (RFC 9530 §2, RFC 2616 §14.15). */
export const CONTENT_DIGESTS: readonly string[] = ["content-digest", "content-md5"];

/** Digests of a whole representation in its coding, whichever part of it a message has (RFC 9530 §3, RFC 3230 §4.3.2). */
export const REPRESENTATION_DIGESTS: readonly string[] = ["repr-digest", "digest"];
