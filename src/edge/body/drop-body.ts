/** Lets go of a body that is not wanted. One that has failed already is gone all the same. */
export async function dropBody(body: ReadableStream | null | undefined): Promise<void> {
  await body?.cancel().catch(() => undefined);
}
