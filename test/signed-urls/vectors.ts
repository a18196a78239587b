import type { Grant } from "../../src/signed-urls/sign-url.ts";

/** The published vectors of the wire format. */
export const KEY = "SecurityKey";
export const EXPIRES = 1_598_024_587;

export const VECTORS: readonly [path: string, grant: Partial<Grant>, token: string][] = [
  ["/300kb.jpg", {}, "HS256-o10JRWlsAItyAsdKS6jJKjabHN4FrFsplDHPV1idcX4"],
  ["/300kb.jpg", { countries: ["CA", "US"] }, "HS256-i5s3Uv7mnrFfN5nznwU2BxhILpnipYeE18TapV0WNFM"],
  ["/abc/300kb.jpg", { tokenPath: "/abc" }, "HS256-uVZvT3SbEoVKYJyDJgbcsDmSFf73cv-uNUVaJiKWpbQ"],
  ["/300kb.jpg", { ignoreParams: true }, "HS256-1lwWBD_c1IAGSj1UKPoxreu8ePDQ-Z9FoWLcRn_RRH0"],
  ["/300kb.jpg", { address: "1.2.3.4" }, "HS256-1-L2rISTLcujMY9UFf2tbZ41d5i-Bme1g1oTK_Z2QMLJk"],
  ["/300kb.jpg", { address: "2001:db8:85a3::8a2e:370:7334" }, "HS256-1-Z1BaGdhTZdU4iANcyKpurFR2VgCNdqC6hlBv5x_TyaI"],
  [
    "/abc/",
    { form: "path", address: "1.2.3.4", countries: ["CA", "US"] },
    "HS256-1-4lIDGI2_t3wiTmopXzB7z71wtZKTe1Ic0lDlL72iAJw",
  ],
];
