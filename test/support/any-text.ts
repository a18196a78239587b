import fc from "fast-check";

const codePoint = fc
  .oneof(fc.nat(0x7f), fc.nat(0xffff), fc.nat(0x10_ffff))
  .filter((code) => code < 0xd800 || code > 0xdfff);

/**
 * Text of any code points, including control characters. fast-check takes seconds to make `fc.string({ unit: "binary" })`.
 *
 * @param maxLength code points
 */
export function anyText({ maxLength = 10 }: { maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.array(codePoint, { maxLength }).map((codes) => String.fromCodePoint(...codes));
}
