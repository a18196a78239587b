import { dropBody } from "../body/drop-body.ts";

/** How much of an error is read (bytes): its code is near the beginning. */
const ERROR_BYTES = 16_384;

/** The longest wait for it, ms. */
const ERROR_MS = 5_000;

/**
 * The code in a bucket's XML error; null: it has none. The body is used up.
 *
 * @param received is called with its bytes as they come
 */
export async function bucketErrorCode(
  { body, headers }: Response,
  received: (bytes: number) => void = () => undefined,
): Promise<string | null> {
  if (body === null || !/\bxml\b/i.test(headers.get("content-type") ?? "")) {
    await dropBody(body);
    return null;
  }
  const reader = body.getReader();
  const silence = Promise.withResolvers<null>();
  const timer = setTimeout(() => silence.resolve(null), ERROR_MS);
  const decoder = new TextDecoder();
  let text = "";
  try {
    while (text.length < ERROR_BYTES) {
      const read = await Promise.race([reader.read(), silence.promise]);
      if (read === null || read.done) break;
      received(read.value.byteLength);
      text += decoder.decode(read.value, { stream: true });
    }
  } catch {
    // It broke off, so what has come has to suffice.
  } finally {
    clearTimeout(timer);
    reader.cancel().catch(() => undefined); // one that has failed is gone anyway
  }
  return /<Code>\s*([A-Za-z0-9._-]{1,64})\s*<\/Code>/.exec(text)?.[1] ?? null;
}
