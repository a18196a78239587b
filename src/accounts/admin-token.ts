/** Shorter tokens could be guessed with enough time: 32 characters of hex are 128 bits. */
const SHORTEST_TOKEN = 32;

/** Why a text cannot be the operator's token, as the predicate of a sentence; null: it can. */
export function refusalOfAdminToken(token: string): string | null {
  if (token.length < SHORTEST_TOKEN)
    return `has ${token.length} characters, but must have at least ${SHORTEST_TOKEN}: make one with "openssl rand -hex 32"`;
  return /^[\x21-\x7e]+$/.test(token) ? null : "must be visible ASCII without spaces";
}
