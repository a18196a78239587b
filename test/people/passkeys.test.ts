import { isoBase64URL } from "@simplewebauthn/server/helpers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Browser, loadSignIn } from "../support/browser.ts";
import { newCustomer } from "../support/control-plane.ts";
import { type Attestation, PasskeyDevice } from "../support/passkey-device.ts";

loadSignIn();

let browser: Browser;
beforeEach(async () => {
  const { account } = await newCustomer();
  browser = new Browser();
  await browser.signInTo(account);
});

const certificate = crypto.getRandomValues(new Uint8Array(200));
const withCertificates = (fmt: string): Attestation => ({
  fmt,
  statement: async (sign, data) =>
    new Map<string | number, string | number | Uint8Array | Uint8Array[]>([
      ["alg", -7],
      ["sig", await sign(data)],
      ["x5c", [certificate]],
    ]),
});
const selfSigned = (spoil = (data: Uint8Array) => data): Attestation => ({
  fmt: "packed",
  statement: async (sign, data) =>
    new Map<string | number, number | Uint8Array>([
      ["alg", -7],
      ["sig", await sign(spoil(data))],
    ]),
});
const changed = (bytes: Uint8Array) => bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte));

describe("a passkey", () => {
  it("signs in whoever has its device, and nobody with a signature that is another's or none", async () => {
    const device = new PasskeyDevice();
    expect((await device.addTo(browser)).status).toBe(200);
    const other = new Browser();
    expect((await device.signIn(other)).status).toBe(200);
    expect((await other.send("/v1/person")).status).toBe(200);
    const twisted = [changed, (bytes: Uint8Array) => bytes.subarray(0, 40), () => new Uint8Array(0)];
    for (const spoil of twisted) {
      const thief = new Browser();
      expect((await device.signIn(thief, spoil)).status).toBeGreaterThanOrEqual(400);
      expect((await thief.send("/v1/person")).status).toBe(401);
    }
    expect((await new PasskeyDevice().signIn(new Browser())).status).toBe(401);
  });

  it.each(["packed", "fido-u2f", "tpm", "android-key", "android-safetynet", "apple"])(
    "is taken from a device that sends certificates unasked (%s), which nobody reads or asks anybody about",
    async (format) => {
      const fetched = vi.spyOn(globalThis, "fetch");
      const device = new PasskeyDevice();
      expect((await device.addTo(browser, withCertificates(format))).status).toBe(200);
      expect((await device.signIn(new Browser())).status).toBe(200);
      expect(fetched).not.toHaveBeenCalled();
      fetched.mockRestore();
    },
  );

  it("that its own key has signed is taken by that signature alone", async () => {
    expect((await new PasskeyDevice().addTo(browser, selfSigned(changed))).status).toBeGreaterThanOrEqual(400);
    expect((await new PasskeyDevice().addTo(browser, selfSigned())).status).toBe(200);
  });

  it("of a format that nobody knows is refused", async () => {
    expect((await new PasskeyDevice().addTo(browser, withCertificates("unheard-of"))).status).toBeGreaterThanOrEqual(
      400,
    );
  });

  it("is refused as the sender's mistake, whatever is sent in its place", async () => {
    const sent: Record<string, unknown> = {
      "no object": "passkey",
      "no attestation": { response: { response: {} } },
      "an attestation that is no CBOR": attested(new Uint8Array([0xff, 0x00])),
      "lists within lists, as many as a body holds": attested(new Uint8Array(11_900).fill(0x81)),
      "a list of four thousand million members": attested(new Uint8Array([0x9a, 0xff, 0xff, 0xff, 0xff])),
      "a text that is shorter than it says": attested(new Uint8Array([0x7a, 0xff, 0xff, 0xff, 0xff, 0x61])),
    };
    for (const [index, [what, body]] of Object.entries(sent).entries()) {
      const headers = { "cf-connecting-ip": `198.51.100.${index}` };
      const { status } = await browser.send("/auth/passkey/verify-registration", { method: "POST", body, headers });
      expect(status, what).toBe(400);
    }
  });
});

function attested(attestation: Uint8Array): object {
  const response = { attestationObject: isoBase64URL.fromBuffer(Uint8Array.from(attestation)) };
  return { response: { id: "a", rawId: "a", type: "public-key", response } };
}
