/** What is stored of an answer: its status, the headers that matter, its body. */
export interface KeptAnswer {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

/** NIST SP 800-38D §8.2.2: 96 random bits. */
const IV_BYTES = 12;

/**
 * Encrypts an answer with AES-256-GCM (NIST SP 800-38D). The key is derived by HKDF-SHA-256 (RFC 5869) from the caller's token,
 * which only the caller has. The result is the initialization vector and the ciphertext.
 *
 * @param place what it answers: it can only be opened for the same place
 */
export async function sealAnswer(answer: KeptAnswer, token: string, place: string): Promise<Uint8Array> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const text = JSON.stringify({ ...answer, body: answer.body.toBase64() });
  const sealed = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv, additionalData: encode(place) },
    await keyOf(token, "encrypt"),
    encode(text),
  );
  const whole = new Uint8Array(IV_BYTES + sealed.byteLength);
  whole.set(iv);
  whole.set(new Uint8Array(sealed), IV_BYTES);
  return whole;
}

/** Decrypts what {@link sealAnswer} made with the same token and place; throws for anything else. */
export async function openAnswer(sealed: Uint8Array, token: string, place: string): Promise<KeptAnswer> {
  const text = await crypto.subtle.decrypt(
    { name: "AES-GCM", iv: sealed.subarray(0, IV_BYTES), additionalData: encode(place) },
    await keyOf(token, "decrypt"),
    sealed.subarray(IV_BYTES),
  );
  const answer = JSON.parse(new TextDecoder().decode(text)) as Omit<KeptAnswer, "body"> & { body: string };
  return { ...answer, body: Uint8Array.fromBase64(answer.body) };
}

async function keyOf(token: string, use: "encrypt" | "decrypt"): Promise<CryptoKey> {
  const secret = await crypto.subtle.importKey("raw", encode(token), "HKDF", false, ["deriveKey"]);
  // RFC 5869 §3.1: the salt is optional, and the token already has 160 random bits.
  const derivation = {
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(),
    info: encode("answer to a repeated request"),
  };
  return crypto.subtle.deriveKey(derivation, secret, { name: "AES-GCM", length: 256 }, false, [use]);
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
