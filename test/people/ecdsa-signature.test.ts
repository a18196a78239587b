import { describe, expect, it } from "vitest";
import { readEcdsaSignature } from "../../src/people/ecdsa-signature.ts";
import { inDer } from "../support/in-der.ts";

const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

describe("readEcdsaSignature()", () => {
  it("reads what DER says, with the 0 in front of numbers that begin with a one", () => {
    const { r, s } = readEcdsaSignature(bytesOf("3007020200ff02017f"));
    expect([...r]).toEqual([0, 255]);
    expect([...s]).toEqual([127]);
  });

  it.each(["P-256", "P-384", "P-521"])(
    "reads the signatures of %s, long ones with a long length",
    async (namedCurve) => {
      const how = { name: "ECDSA", namedCurve, hash: "SHA-256" };
      const { privateKey } = (await crypto.subtle.generateKey(how, false, ["sign", "verify"])) as CryptoKeyPair;
      for (let times = 0; times < 20; times++) {
        const signature = new Uint8Array(await crypto.subtle.sign(how, privateKey, new Uint8Array([times])));
        const { r, s } = readEcdsaSignature(inDer(signature));
        const half = signature.length / 2;
        const padded = [r, s].flatMap((number) => [...new Uint8Array(half), ...number].slice(-half));
        expect(padded).toEqual([...signature]);
      }
    },
  );

  it.each([
    ["nothing", ""],
    ["a sequence without anything", "3000"],
    ["no sequence", "3106020101020101"],
    ["one number", "3003020101"],
    ["a number that is none", "3006040101020101"],
    ["a number without a byte", "30050200020101"],
    ["a third number", "3009020101020101020101"],
    ["more after its end", "300602010102010100"],
    ["less than it says", "30070201010201"],
    ["a number longer than the whole", "3006020101020501"],
    ["a short length in the long form", "308106020101020101"],
    ["a length without an end", "3080020101020101"],
    ["a length of two bytes", "30820006020101020101"],
  ])("refuses %s", (_, hex) => {
    expect(() => readEcdsaSignature(bytesOf(hex))).toThrow(/ECDSA signature/);
  });
});
