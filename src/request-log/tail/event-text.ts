const BEFORE = "event: request\ndata: ";
const AFTER = "\n\n";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * An event in the text form of server-sent events (HTML §9.2). It is made where the request is answered, so that whatever
 * passes it on to listeners has next to nothing to do.
 *
 * @param json of it, in one line
 */
export function eventText(json: string): string {
  return BEFORE + json + AFTER;
}

/** Events as bytes for transport. @param text one or more events from {@link eventText} */
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
