import type { Schemas } from "./cli.ts";

type Scope = Schemas["Key"]["scopes"][number];

const ALL: Readonly<Record<Scope, true>> = {
  "zones:read": true,
  "zones:write": true,
  purge: true,
  "usage:read": true,
  "keys:write": true,
  "files:write": true,
};

/** All that a key of ResCDN can be allowed: one that is missing here is an error of types. */
export const SCOPES = Object.keys(ALL) as Scope[];
