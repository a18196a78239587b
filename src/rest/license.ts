/** What the documents of both APIs say about their terms: there is no public licence. */
export const LICENSE = { name: "All rights reserved", identifier: "LicenseRef-ResCDN" } as const;
