const RESERVED: ReadonlySet<string> = new Set(["public", "system", "resolvedb", "rescdn"]);

/** Whether a namespace (lower case) is the service's own, so that no account can store records in it. */
export function isReservedNamespace(name: string): boolean {
  return RESERVED.has(name);
}
