/** A signature given as `r` and `s` side by side, in DER (RFC 3279 §2.2.3). */
export function inDer(signature: Uint8Array): Uint8Array<ArrayBuffer> {
  const half = signature.length / 2;
  const numbers = [signature.subarray(0, half), signature.subarray(half)].map((bytes) => {
    const first = bytes.findIndex((byte) => byte !== 0);
    const short = bytes.subarray(first);
    return short[0]! < 128 ? short : concat(new Uint8Array([0]), short);
  });
  const body = concat(...numbers.flatMap((bytes) => [new Uint8Array([0x02, bytes.length]), bytes]));
  const length = body.length < 128 ? [body.length] : [0x81, body.length];
  return concat(new Uint8Array([0x30, ...length]), body);
}

export function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
