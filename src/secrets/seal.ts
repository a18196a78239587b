import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Keyring } from "./keyring.ts";

/** NIST SP 800-38D §8.2.2: 96 random bits. */
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts a secret with AES-256-GCM (NIST SP 800-38D). The result names the key.
 *
 * @param place whose secret it is, and which one: it can only be opened for the same place
 */
export function seal(secret: string, place: string, [{ id, bytes }]: Keyring): string {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const cipher = createCipheriv("aes-256-gcm", bytes, iv);
  cipher.setAAD(encode(place));
  const sealed = [iv, cipher.update(encode(secret)), cipher.final(), cipher.getAuthTag()];
  return `${id}.${joined(sealed).toBase64({ alphabet: "base64url", omitPadding: true })}`;
}

/** Decrypts what {@link seal} made for the same place. Null: the keyring lacks its key, or it was made for another place. */
export function open(sealed: string, place: string, keyring: Keyring): string | null {
  const [id, text = ""] = sealed.split(".", 2);
  const key = keyring.find((one) => one.id === id);
  if (key === undefined) return null;
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
    const decipher = createDecipheriv("aes-256-gcm", key.bytes, bytes.subarray(0, IV_BYTES));
    decipher.setAAD(encode(place));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const secret = [decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()];
    return new TextDecoder().decode(joined(secret));
  } catch {
    // Whatever is wrong with it, it cannot be opened.
    return null;
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
