const BEFORE = "event: request\ndata: ";
const AFTER = "\n\n";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * An event as a stream of server-sent events has it (HTML §9.2). It is made into that where it happens: what hands it on to
 * listeners then has next to nothing to do.
 *
 * @param json of it, in one line
 */
export function eventText(json: string): string {
  return BEFORE + json + AFTER;
}

/** Events as they travel. @param text of one or more, by {@link eventText} */
export function eventBytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The JSON of each event. */
export function jsonOfEvents(bytes: Uint8Array): string[] {
  if (bytes.byteLength === 0) return [];
  return decoder
    .decode(bytes)
    .slice(BEFORE.length, -AFTER.length)
    .split(AFTER + BEFORE);
}
