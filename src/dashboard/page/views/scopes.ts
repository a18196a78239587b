import type { Schemas } from "../api/client.ts";

export type Scope = Schemas["Key"]["scopes"][number];

/** What each scope lets a key do. A missing one is a type error. */
export const MEANINGS: Readonly<Record<Scope, string>> = {
  purge: "purge what is stored, and prefetch",
  "zones:read": "read zones and their settings",
  "zones:write": "create, change and delete zones",
  "usage:read": "read usage",
  "keys:write": "create and revoke keys, read the audit log",
  "files:write": "upload and delete files",
};

export const SCOPES = Object.entries(MEANINGS) as [Scope, string][];
