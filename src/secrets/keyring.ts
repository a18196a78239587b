/** Keys with their ids. The first seals; all of them open. */
export type Keyring = readonly [KeyringKey, ...KeyringKey[]];

export interface KeyringKey {
  id: string;
  /** 32 bytes. */
  bytes: Uint8Array;
}

/** What is said about a text that is not a keyring, as the predicate of a sentence. */
export const NO_KEYRING = "must be one or more id:key, each key 32 bytes in base64url";

const KEY_BYTES = 32;

/**
 * Reads a keyring: `id:key`, one or more, separated by spaces or commas, each key 32 bytes in base64url. Null: it is not one.
 */
export function readKeyring(text: string): Keyring | null {
  const keys: KeyringKey[] = [];
  for (const word of text.split(/[\s,]+/).filter(Boolean)) {
    const [, id, key] = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9_-]{43})=?$/.exec(word) ?? [];
    if (id === undefined || key === undefined || keys.some((other) => other.id === id)) return null;
    keys.push({ id, bytes: bytesOf(key) });
  }
  const [first, ...others] = keys;
  return first === undefined ? null : [first, ...others];
}

/** A keyring with one new key, in the form that {@link readKeyring} reads. */
export function newKeyring(): string {
  const [id, key] = [4, KEY_BYTES].map((length) => textOf(crypto.getRandomValues(new Uint8Array(length))));
  return `${id}:${key}`;
}

// Works in the Worker and in Node 24, which has no `toBase64` yet.

function bytesOf(base64url: string): Uint8Array {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

function textOf(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
