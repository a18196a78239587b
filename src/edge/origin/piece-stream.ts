/**
 * A stream of pieces that are made when they are asked for. If they break off, the reader is told.
 *
 * @param close called when there will be no more pieces, and as soon as the reader leaves, even while a piece is awaited
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
