/**
 * What `@simplewebauthn/server` uses of the packages that read ASN.1 and X.509 certificates, which would be a seventh of all
 * the code that an isolate reads at its start. It implements the one thing that passkeys need of them, and stands in for the
 * rest. No certificate gets this far (`without-certificates.ts`).
 */
import { type EcdsaSignature, readEcdsaSignature } from "./ecdsa-signature.ts";

export const AsnParser = {
  parse(bytes: Uint8Array, type: unknown): EcdsaSignature {
    if (type !== ECDSASigValue) throw new Error("certificates of passkeys are not read");
    return readEcdsaSignature(bytes);
  },
};

export class ECDSASigValue {}

class NotRead {
  constructor() {
    throw new Error("certificates of passkeys are not read");
  }
}

export {
  NotRead as AuthorityKeyIdentifierExtension,
  NotRead as BasicConstraints,
  NotRead as Certificate,
  NotRead as CRLDistributionPointsExtension,
  NotRead as ECParameters,
  NotRead as ExtendedKeyUsage,
  NotRead as id_ce_basicConstraints,
  NotRead as id_ce_extKeyUsage,
  NotRead as id_ce_keyDescription,
  NotRead as id_ce_subjectAltName,
  NotRead as id_ecPublicKey,
  NotRead as id_rsaEncryption,
  NotRead as id_secp256r1,
  NotRead as id_secp384r1,
  NotRead as KeyDescription,
  NotRead as OctetString,
  NotRead as RSAPublicKey,
  NotRead as SubjectAlternativeName,
  NotRead as SubjectKeyIdentifierExtension,
  NotRead as X509Certificate,
  NotRead as X509ChainBuilder,
  NotRead as X509Crl,
};
