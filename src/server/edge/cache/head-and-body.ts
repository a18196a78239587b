/** Up to this size, a body is copied behind its head (bytes). */
const COPIED_BYTES = 65_536;

/**
 * A head with a body behind it. A large body is not copied: V8 collects garbage the sooner the more bytes are held outside its
 * heap.
 */
export function headAndBody(head: Uint8Array, body: Blob | null): Blob | ReadableStream {
  if (body === null || body.size <= COPIED_BYTES) return new Blob(body === null ? [head] : [head, body]);
  const { readable, writable } = new FixedLengthStream(head.byteLength + body.size);
  const write = async (): Promise<void> => {
    const writer = writable.getWriter();
    await writer.write(head);
    writer.releaseLock();
    await body.stream().pipeTo(writable);
  };
  // If the disk does not accept it, whoever writes it finds out.
  write().catch(() => undefined);
  return readable;
}
