import { z } from "@hono/zod-openapi";
import type { Key } from "../accounts/key-rows.ts";
import { SCOPES } from "../accounts/scopes.ts";
import { isoSeconds } from "../db/iso-seconds.ts";

export const scope = z.enum(SCOPES.rescdn);
const time = (description: string) => z.iso.datetime().nullable().describe(description);

const fields = {
  id: z.string().openapi({ example: "key_abc123" }),
  name: z.string().openapi({ example: "CI" }),
  prefix: z.string().describe("The beginning of the token.").openapi({ example: "rk_live_abcd" }),
  mode: z.enum(["live", "test"]),
  scopes: z.array(scope).openapi({ example: ["purge"] }),
  zones: z.array(z.string()).nullable().describe("Ids of the zones that the key is restricted to; null: all."),
  created: z.iso.datetime(),
  expires: time("Null: never."),
  last_used: time("About a minute late; null: not used yet."),
  revoked: time("When a key that was rotated stops working. Revoked keys are not shown."),
};

/** A key as the API shows it. */
export const keySchema = z.object(fields).openapi("Key");

export const newKeySchema = z
  .object({
    ...fields,
    token: z.string().describe("The key itself, shown only this once.").openapi({ example: "rk_live_abcd…" }),
  })
  .openapi("CreatedKey");

export function keyJson(key: Key): z.input<typeof keySchema> {
  const { id, name, prefix, mode, zones } = key;
  const shown = (ms: number | null) => (ms === null ? null : isoSeconds(ms));
  return {
    id,
    name,
    prefix,
    mode,
    scopes: key.scopes as z.input<typeof scope>[],
    zones: zones && [...zones],
    created: isoSeconds(key.createdAt),
    expires: shown(key.expiresAt),
    last_used: shown(key.lastUsedAt),
    revoked: shown(key.revokedAt),
  };
}
