import { decodeAttestationObject, isoBase64URL, isoCBOR } from "@simplewebauthn/server/helpers";

/**
 * The body of a registration of a passkey, without the certificates by which a device may say who made it. We do not ask for
 * them, and trust no device more for them: browsers leave them out, as WebAuthn §5.1.3 has it for "none", and what else sends
 * some is read as if it had done so. So nothing here need read certificates, nor fetch the lists that they name.
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
    return body; // the library says what is wrong with it
  }
}

/** §8.3 to §8.8. */
const CERTIFIED: ReadonlySet<string> = new Set(["tpm", "android-key", "android-safetynet", "fido-u2f", "apple"]);

/** §8.2: a "packed" one without certificates has been signed by the new key itself. */
function hasCertificates(format: string, statement: { get(name: "x5c"): unknown }): boolean {
  return CERTIFIED.has(format) || (format === "packed" && statement.get("x5c") !== undefined);
}
