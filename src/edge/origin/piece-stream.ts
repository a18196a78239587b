/**
 * A stream of pieces that are made when they are asked for. Whoever reads it is told where they break off.
 *
 * @param close called once there will be no more, and at once when the reader leaves, however long a piece takes
 */
export function pieceStream(pieces: AsyncIterator<Uint8Array>, close: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await pieces.next();
          if (!done) return controller.enqueue(value);
          controller.close();
        } catch (error) {
          controller.error(error);
        }
        close();
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
}
