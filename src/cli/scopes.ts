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

/** All scopes that a key of ResCDN can have: a missing one is a type error. */
export const SCOPES = Object.keys(ALL) as Scope[];
