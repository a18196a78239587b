/** Cancels a body that is not wanted. One that has failed already is gone anyway. */
export async function dropBody(body: ReadableStream | null | undefined): Promise<void> {
  await body?.cancel().catch(() => undefined);
}
