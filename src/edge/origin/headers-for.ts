import type { Candidate, Credentials } from "./candidates.ts";

/** What is written for one origin may be its password, so each has its own; a client's credentials never stand beside the zone's. */
export function headersFor({ headers: own }: Candidate, headers: Headers, credentials: Credentials | null): Headers {
  const all = new Headers(headers);
  if (credentials !== null) all.delete("authorization");
  if (credentials?.kind === "s3")
    for (const name of [...all.keys()]) if (/^x-(?:amz|goog)-/.test(name)) all.delete(name);
  for (const [name, value] of Object.entries(own)) all.set(name, value);
  if (credentials?.kind === "authorization") all.set("authorization", credentials.value);
  return all;
}
