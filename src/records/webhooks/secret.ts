/** How secrets begin. */
export const PREFIX = "whsec_";
/** Standard Webhooks asks for 24 to 64 random bytes. */
const LENGTH = 32;

/** A new signing secret in the form of Standard Webhooks: `whsec_` and the Base64 of 32 random bytes. */
export function newSecret(): string {
  return PREFIX + crypto.getRandomValues(new Uint8Array(LENGTH)).toBase64();
}
