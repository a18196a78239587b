import { decodeAttestationObject, isoBase64URL, isoCBOR } from "@simplewebauthn/server/helpers";

/**
 * The body of a passkey's registration, without the certificates by which a device may prove its maker. We do not ask for them,
 * and trust no device more because of them. Browsers leave them out, as WebAuthn §5.1.3 requires for "none", and those that are
 * sent anyway are dropped. So nothing here has to read certificates, or to fetch the lists that they name.
 */
export function withoutCertificates(body: Uint8Array): Uint8Array {
  try {
    const sent = JSON.parse(new TextDecoder().decode(body)) as {
      response: { response: { attestationObject: string } };
    };
    const { response } = sent.response;
    const attestation = decodeAttestationObject(isoBase64URL.toBuffer(response.attestationObject));
    if (!hasCertificates(attestation.get("fmt"), attestation.get("attStmt"))) return body;
    const bare = new Map<string | number, string | Uint8Array | Map<string | number, string>>([
      ["fmt", "none"],
      ["attStmt", new Map<string | number, string>()],
      ["authData", attestation.get("authData")],
    ]);
    response.attestationObject = isoBase64URL.fromBuffer(isoCBOR.encode(bare));
    return new TextEncoder().encode(JSON.stringify(sent));
  } catch {
    return body; // the library reports what is wrong with it
  }
}

/** §8.3 to §8.8. */
const CERTIFIED: ReadonlySet<string> = new Set(["tpm", "android-key", "android-safetynet", "fido-u2f", "apple"]);

/** §8.2: a "packed" statement without certificates was signed by the new key itself. */
function hasCertificates(format: string, statement: { get(name: "x5c"): unknown }): boolean {
  return CERTIFIED.has(format) || (format === "packed" && statement.get("x5c") !== undefined);
}
