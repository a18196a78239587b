import { dropBody } from "../body/drop-body.ts";

/** What is read of an error (bytes): its code stands at its beginning. */
const ERROR_BYTES = 16_384;

/** Longest wait for it, ms. */
const ERROR_MS = 5_000;

/**
 * The code of a bucket's error, which is XML; null: it says none. The body is used up.
 *
 * @param received told how many bytes of it have come
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
    // It broke off: what has come has to do.
  } finally {
    clearTimeout(timer);
    reader.cancel().catch(() => undefined); // one that has failed is gone all the same
  }
  return /<Code>\s*([A-Za-z0-9._-]{1,64})\s*<\/Code>/.exec(text)?.[1] ?? null;
}
