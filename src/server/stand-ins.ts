import { join } from "node:path";
import { projectRoot } from "./project.ts";

const noCertificates = join(projectRoot, "src/people/no-certificates.ts");

/** Modules of our own that replace packages, in every build and in the tests. */
export const STAND_INS: Readonly<Record<string, string>> = {
  "@peculiar/asn1-android": noCertificates,
  "@peculiar/asn1-ecc": noCertificates,
  "@peculiar/asn1-rsa": noCertificates,
  "@peculiar/asn1-schema": noCertificates,
  "@peculiar/asn1-x509": noCertificates,
  "@peculiar/x509": noCertificates,
};
