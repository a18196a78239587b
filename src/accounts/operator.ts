/**
 * Whether an Authorization header carries the operator's token (RFC 6750 §2.1: "Bearer" and the token). Digests are
 * compared, in constant time: neither content nor length of the token shows in how long it takes.
 */
export async function isOperator(authorization: string | null, adminToken: string): Promise<boolean> {
  const shown = /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1] ?? "";
  const [left, right] = await Promise.all([digest(shown), digest(adminToken)]);
  return crypto.subtle.timingSafeEqual(left, right);
}

function digest(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}
