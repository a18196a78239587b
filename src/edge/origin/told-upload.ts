/** A body on its way to an origin. */
export interface Upload {
  body: ReadableStream<Uint8Array>;
  /** Whom it waits for, or that the client broke it off, or that what it sent is no body. */
  state(): "client" | "origin" | "broken";
}

/**
 * Copies a body for an origin, and tells of each piece that the origin has taken: while they go, no answer can be expected.
 *
 * @param length its `Content-Length`, which the copy has to keep; null: unknown
 */
export function toldUpload(source: ReadableStream<Uint8Array>, length: string | null, told: () => void): Upload {
  // Streams of the runtime's own: it ends a request whose body fails, where it would send a script's stream as a whole one.
  const { readable, writable } =
    length === null ? new IdentityTransformStream() : new FixedLengthStream(Number(length));
  let state: ReturnType<Upload["state"]> = "client";
  const copy = async () => {
    const [reader, writer] = [source.getReader(), writable.getWriter()];
    for (;;) {
      state = "client";
      const read = await reader.read().catch(() => null);
      if (read === null) {
        state = "broken";
        return writer.abort(new Error("the request's body is not whole")).catch(() => undefined);
      }
      state = "origin";
      try {
        if (read.done) return await writer.close();
        await writer.write(read.value);
      } catch (error) {
        // The origin takes no more of it.
        return reader.cancel(error).catch(() => undefined);
      }
      told();
    }
  };
  void copy();
  return { body: readable, state: () => state };
}
