import type { OpenAPIHono } from "@hono/zod-openapi";
import { auditStatement } from "../accounts/audit-log.ts";
import { isoSeconds } from "../db/iso-seconds.ts";
import { newId, randomText } from "../db/new-id.ts";
import { actorOf } from "../rest/actor-of.ts";
import type { RestContext, RestEnv } from "../rest/context.ts";
import type { Keyring } from "../secrets/keyring.ts";
import { seal } from "../secrets/seal.ts";
import { settingsOf } from "../settings.ts";
import { deleteSigningKey, insertSigningKey, signingKeysOf } from "../zones/signing-key-rows.ts";
import { signingKeyPlace } from "../zones/zone.ts";
import { bringToEdge } from "./bring-to-edge.ts";
import { Problem } from "./errors.ts";
import { createSigningKeyRoute, deleteSigningKeyRoute, listSigningKeysRoute } from "./signing-key-routes.ts";
import { zoneInScope } from "./zone-in-scope.ts";

/** The length of a new key in characters, of 5.95 bits each. */
const KEY_LENGTH = 40;

/** Adds `/v1/zones/:id/signing-keys` to the API. */
export function addSigningKeys(app: OpenAPIHono<RestEnv>): void {
  app.openapi(listSigningKeysRoute, async (c) => {
    const zone = await zoneInScope(c, c.req.valid("param").id);
    const keys = await signingKeysOf(c.env.DB, zone.id);
    return c.json({ signing_keys: keys.map(({ id, createdAt }) => ({ id, created: isoSeconds(createdAt) })) }, 200);
  });

  app.openapi(createSigningKeyRoute, async (c) => {
    const keyring = keyringOf(c);
    const zone = await zoneInScope(c, c.req.valid("param").id);
    const { key = randomText(KEY_LENGTH) } = c.req.valid("json");
    const id = newId("sign");
    const row = { id, sealed: seal(key, signingKeyPlace(zone.id, id), keyring), createdAt: c.var.now };
    const audit = auditOf(c, "zone.signing_key_create", zone.id, { before: null, after: { id } });
    if (!(await insertSigningKey(c.env.DB, zone.id, row, audit))) throw new Problem("signing_keys_full");
    await bringToEdge(c, zone.name);
    return c.json({ id, created: isoSeconds(row.createdAt), key }, 201);
  });

  app.openapi(deleteSigningKeyRoute, async (c) => {
    const { id: idOrName, key: id } = c.req.valid("param");
    const zone = await zoneInScope(c, idOrName);
    const audit = auditOf(c, "zone.signing_key_delete", zone.id, { before: { id }, after: null });
    if (!(await deleteSigningKey(c.env.DB, zone.id, id, audit)))
      throw new Problem("not_found", { sentence: "the zone has no such signing key" });
    await bringToEdge(c, zone.name);
    return c.body(null, 204);
  });
}

/** The keyring that the deployment seals secrets with, or a 503. */
export function keyringOf(c: RestContext): Keyring {
  const { keyring } = settingsOf(c.env);
  if (keyring === null) throw new Problem("no_keyring");
  return keyring;
}

function auditOf(c: RestContext, action: string, target: string, states: { before: unknown; after: unknown }) {
  return auditStatement(c.env.DB, actorOf(c), { action, target, ...states }, c.var.now);
}
