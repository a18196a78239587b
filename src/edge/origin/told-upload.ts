/** A body on its way to an origin. */
export interface Upload {
  body: ReadableStream<Uint8Array>;
  /** Which side it waits for, or that it is broken: the client broke it off, or sent something invalid. */
  state(): "client" | "origin" | "broken";
}

/**
 * Copies a body for an origin, and reports each piece that the origin takes: no answer can be expected before all are sent.
 *
 * @param length its `Content-Length`, which the copy has to match; null: unknown
 */
export function toldUpload(source: ReadableStream<Uint8Array>, length: string | null, told: () => void): Upload {
  // These are native streams. If one fails, the runtime aborts the request, but it would send a failed JavaScript stream as if
  // it were whole.
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
        // The origin takes no more.
        return reader.cancel(error).catch(() => undefined);
      }
      told();
    }
  };
  void copy();
  return { body: readable, state: () => state };
}
