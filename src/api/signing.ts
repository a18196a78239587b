import type { OpenAPIHono } from "@hono/zod-openapi";
import { isoSeconds } from "../db/iso-seconds.ts";
import { zoneHosts } from "../hosts.ts";
import type { RestContext, RestEnv } from "../rest/context.ts";
import { open } from "../secrets/seal.ts";
import { settingsOf } from "../settings.ts";
import { type Grant, signUrl, UnsignableUrl } from "../signed-urls/sign-url.ts";
import type { ZoneRow } from "../zones/rows.ts";
import { signingKeysOf } from "../zones/signing-key-rows.ts";
import { signingKeyPlace } from "../zones/zone.ts";
import { Problem } from "./errors.ts";
import { keyringOf } from "./signing-keys.ts";
import { LONGEST_SECONDS, signRoute } from "./signing-routes.ts";
import { invalidField } from "./validation.ts";
import { zoneInScope } from "./zone-in-scope.ts";

const DEFAULT_SECONDS = 3_600;

/** Adds `/v1/zones/:id/sign` to the API. */
export function addSigning(app: OpenAPIHono<RestEnv>): void {
  app.openapi(signRoute, async (c) => {
    const zone = await zoneInScope(c, c.req.valid("param").id);
    const asked = c.req.valid("json");
    const { id, key } = await keyOf(c, zone, asked.key);
    const seconds = asked.expires_in ?? DEFAULT_SECONDS;
    const expires = asked.expires === undefined ? Math.floor(c.var.now / 1_000) + seconds : secondsOf(asked.expires);
    const left = expires - c.var.now / 1_000;
    if (left <= 0) throw invalidField("expires", "must be in the future");
    if (left > LONGEST_SECONDS) throw invalidField("expires", "must be within ten years");
    const url = signedOr422(urlOf(c, zone, asked.path), {
      key,
      expires,
      tokenPath: asked.token_path,
      countries: asked.countries,
      blockedCountries: asked.countries_blocked,
      address: asked.address,
      ignoreParams: asked.ignore_params,
      limit: asked.limit,
      form: asked.form,
    });
    return c.json({ url, expires: isoSeconds(expires * 1_000), key: id }, 200);
  });
}

/** The zone's key with an id, or its newest. */
async function keyOf(c: RestContext, zone: ZoneRow, wanted: string | undefined): Promise<{ id: string; key: string }> {
  const keyring = keyringOf(c);
  const keys = await signingKeysOf(c.env.DB, zone.id);
  const row = wanted === undefined ? keys.at(-1) : keys.find(({ id }) => id === wanted);
  if (row === undefined && wanted !== undefined) throw invalidField("key", "is not one of the zone's signing keys");
  if (row === undefined) throw new Problem("no_signing_key");
  const key = open(row.sealed, signingKeyPlace(zone.id, row.id), keyring);
  if (key === null) throw new Error(`signing key ${row.id} cannot be decrypted with this deployment's SECRETS_KEY`);
  return { id: row.id, key };
}

function urlOf(c: RestContext, { name }: ZoneRow, path: string): string {
  const hosts = zoneHosts(name, settingsOf(c.env));
  if (path.startsWith("/")) return `https://${hosts[0]}${path}`;
  const url = URL.parse(path);
  if (url === null || !/^https?:$/.test(url.protocol) || !hosts.includes(url.hostname))
    throw invalidField("path", `must begin with /, or be a URL of ${hosts.join(" or ")}`);
  return path;
}

const FIELDS = { url: "path", expires: "expires", tokenPath: "token_path", address: "address" } as const;

function signedOr422(url: string, grant: Grant): string {
  try {
    return signUrl(url, grant);
  } catch (error) {
    if (error instanceof UnsignableUrl) throw invalidField(FIELDS[error.field], error.message);
    throw error;
  }
}

function secondsOf(time: string): number {
  return Math.floor(Date.parse(time) / 1_000);
}
