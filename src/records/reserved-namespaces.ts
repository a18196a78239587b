import type { Settings } from "../settings.ts";

/** The namespace that clients read without any configuration. */
const PUBLIC = "public";
const RESERVED: ReadonlySet<string> = new Set([PUBLIC, "system", "resolvedb", "rescdn"]);

/** Whether a namespace (lower case) is the service's own, so that an account cannot store records in it. */
export function isReservedFor(
  account: string,
  name: string,
  { publicNamespaceAccount }: Pick<Settings, "publicNamespaceAccount">,
): boolean {
  return RESERVED.has(name) && !(name === PUBLIC && account === publicNamespaceAccount);
}

/** Whether a namespace may be closed to those without a query token. */
export function mayBePrivate(name: string): boolean {
  return name !== PUBLIC;
}
