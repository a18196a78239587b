const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Random text in base62: 5.95 bits per character, each equally likely. */
export function randomText(length: number): string {
  let text = "";
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      // 248 is the largest multiple of 62 in a byte: higher values would favour the beginning of the alphabet.
      if (byte < 248 && text.length < length) text += ALPHABET[byte % 62];
    }
  }
  return text;
}

/** A new identifier such as `zone_4fJ…`, with 119 random bits. */
export function newId(
  kind:
    | "acct"
    | "audit"
    | "evt"
    | "hook"
    | "host"
    | "invite"
    | "key"
    | "logs"
    | "person"
    | "purge"
    | "qtok"
    | "rec"
    | "req"
    | "sign"
    | "take"
    | "zone",
): string {
  return `${kind}_${randomText(20)}`;
}
