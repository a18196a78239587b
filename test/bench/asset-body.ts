/** The bytes that every contender serves, generated in the same way in Node and inside a Worker. */
export function assetBody(size: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(size);
  for (let i = 0; i < size; i++) body[i] = 97 + ((i * 7 + (i >> 8)) % 26);
  return body;
}
