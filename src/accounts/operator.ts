/**
 * Whether an Authorization header has the operator's token (RFC 6750 §2.1: "Bearer" and the token). Digests are compared, in
 * constant time, so that the time taken reveals neither the token's content nor its length.
 */
export async function isOperator(authorization: string | null, adminToken: string): Promise<boolean> {
  const shown = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1] ?? "";
  const [left, right] = await Promise.all([digest(shown), digest(adminToken)]);
  return crypto.subtle.timingSafeEqual(left, right);
}

function digest(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}
