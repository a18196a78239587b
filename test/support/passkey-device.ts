import { isoBase64URL, isoCBOR } from "@simplewebauthn/server/helpers";
import { type Browser, DASHBOARD } from "./browser.ts";
import { concat, inDer } from "./in-der.ts";

type Statement = Map<string | number, string | number | Uint8Array | Uint8Array[]>;

/** How a device attests a new passkey: a format, and a statement, for which it can sign with the passkey's own key. */
export interface Attestation {
  fmt: string;
  statement(sign: (data: Uint8Array) => Promise<Uint8Array>, data: Uint8Array): Promise<Statement>;
}

const NONE: Attestation = { fmt: "none", statement: async () => new Map() };

/** A device with one passkey (ES256), and a person who agrees to everything. */
export class PasskeyDevice {
  readonly #id = crypto.getRandomValues(new Uint8Array(16));
  readonly #keys = crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);

  /** Adds the passkey for the signed-in person. */
  async addTo(browser: Browser, attestation = NONE): Promise<Response> {
    const options = await browser.send("/auth/passkey/generate-register-options");
    const { challenge, rp } = await options.json<{ challenge: string; rp: { id: string } }>();
    const client = clientData("webauthn.create", challenge);
    const authData = await this.#data(rp.id, 0x45, await this.#credential());
    const signed = concat(authData, await digest(client));
    const statement = await attestation.statement((data) => this.#sign(data), signed);
    const attestationObject = isoCBOR.encode(
      new Map<string | number, string | Uint8Array | Statement>([
        ["fmt", attestation.fmt],
        ["attStmt", statement],
        ["authData", authData],
      ]) as Parameters<typeof isoCBOR.encode>[0],
    );
    return browser.send("/auth/passkey/verify-registration", {
      method: "POST",
      body: { name: "Device", response: this.#answer({ clientDataJSON: client, attestationObject }) },
    });
  }

  /** Signs a person in; `spoil` changes the signature on its way. */
  async signIn(browser: Browser, spoil = (signature: Uint8Array) => signature): Promise<Response> {
    const options = await browser.send("/auth/passkey/generate-authenticate-options");
    const { challenge, rpId } = await options.json<{ challenge: string; rpId: string }>();
    const clientDataJSON = clientData("webauthn.get", challenge);
    const authenticatorData = await this.#data(rpId, 0x05);
    const signature = spoil(await this.#sign(concat(authenticatorData, await digest(clientDataJSON))));
    return browser.send("/auth/passkey/verify-authentication", {
      method: "POST",
      body: { response: this.#answer({ clientDataJSON, authenticatorData, signature }) },
    });
  }

  #answer(parts: Record<string, Uint8Array>) {
    const texts = Object.entries(parts).map(([name, bytes]) => [name, isoBase64URL.fromBuffer(Uint8Array.from(bytes))]);
    const id = isoBase64URL.fromBuffer(this.#id);
    return { id, rawId: id, type: "public-key", clientExtensionResults: {}, response: Object.fromEntries(texts) };
  }

  /** WebAuthn §6.1. */
  async #data(rpId: string, flags: number, credential: Uint8Array = new Uint8Array()): Promise<Uint8Array> {
    return concat(await digest(new TextEncoder().encode(rpId)), new Uint8Array([flags, 0, 0, 0, 0]), credential);
  }

  /** WebAuthn §6.5.1, with the key as in RFC 9053 §7.1.1. */
  async #credential(): Promise<Uint8Array> {
    const { publicKey } = (await this.#keys) as CryptoKeyPair;
    const point = new Uint8Array((await crypto.subtle.exportKey("raw", publicKey)) as ArrayBuffer);
    const key = isoCBOR.encode(
      new Map<string | number, number | Uint8Array>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, point.slice(1, 33)],
        [-3, point.slice(33)],
      ]) as Parameters<typeof isoCBOR.encode>[0],
    );
    return concat(new Uint8Array(16), new Uint8Array([0, this.#id.length]), this.#id, key);
  }

  async #sign(data: Uint8Array): Promise<Uint8Array> {
    const { privateKey } = (await this.#keys) as CryptoKeyPair;
    const how = { name: "ECDSA", hash: "SHA-256" };
    return inDer(new Uint8Array(await crypto.subtle.sign(how, privateKey, data)));
  }
}

function clientData(type: string, challenge: string): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ type, challenge, origin: DASHBOARD, crossOrigin: false }));
}

const digest = async (bytes: Uint8Array) =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(bytes)));
