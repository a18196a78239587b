/** The prefix of secrets. */
export const PREFIX = "whsec_";
/** Standard Webhooks asks for 24 to 64 random bytes. */
const LENGTH = 32;

/** A new signing secret in the form of Standard Webhooks: `whsec_` and the Base64 of 32 random bytes. */
export function newSecret(): string {
  return PREFIX + crypto.getRandomValues(new Uint8Array(LENGTH)).toBase64();
}

/** Whether a text is a secret in that form. */
export function isSecret(text: string): boolean {
  const base64 = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : "";
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return false;
  try {
    const { length } = Uint8Array.fromBase64(base64);
    return length >= 24 && length <= 64;
  } catch {
    return false;
  }
}
