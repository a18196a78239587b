import type { OriginPolicy } from "../origin-guard/origin-policy.ts";
import type { Keyring } from "../secrets/keyring.ts";
import { open, seal } from "../secrets/seal.ts";
import { ORIGIN_NAME, type OriginAuthPatch } from "../zones/origin-schema.ts";
import { type ListedOrigin, type OriginAuth, originAuthPlace } from "../zones/origin-settings.ts";
import type { ZoneRow } from "../zones/rows.ts";
import type { StoredSettings } from "../zones/settings.ts";
import type { SettingsPatch } from "../zones/settings-schema.ts";
import { checkedHost, checkedOrigin } from "./checked-origin.ts";
import { invalidField } from "./validation.ts";

/** What a change of a zone's servers needs. */
export interface ChangingOrigins {
  policy: OriginPolicy;
  zoneHosts: readonly string[];
  /** Seals secrets. @throws if the deployment has none */
  keyring: () => Keyring;
  /** Ms since the epoch. */
  now: number;
}

/** A zone's servers and how the zone authenticates to them. */
export interface Origins {
  origin: string;
  origins: readonly ListedOrigin[] | undefined;
  origin_auth: OriginAuth | undefined;
}

/**
 * A zone's servers after a change, or a 422. What is sealed for one server is sent to no other, so whoever changes the server
 * has to give its secret again.
 *
 * @param before the zone as it is; for a new one, `origin` is the future one, if given
 * @param origin as checked; undefined: not to be changed
 */
export function changedOrigins(
  before: Pick<ZoneRow, "id" | "settings"> & { origin: string | undefined },
  origin: string | undefined,
  { origin_auth: auth, origins: list }: SettingsPatch,
  changing: ChangingOrigins,
): Origins {
  const { origin_auth: authBefore, origins: listBefore = [] } = before.settings;
  const origins = listAfter(before, origin, list, changing);
  const first = origins[0]?.url ?? origin ?? before.origin;
  if (first === undefined) throw invalidField("origin", "is required");
  if (origin !== undefined && origin !== first)
    throw invalidField("origin", "must be the first of settings.origins, or be left out");
  const known = { auth: authBefore ?? undefined, url: before.origin ?? first };
  const sealed = (): OriginAuth | undefined => {
    if (auth === null) return undefined;
    if (auth !== undefined) return sealedAuth(before.id, first, "settings.origin_auth", auth, known, changing);
    if (known.auth !== undefined && !isSameServer(known.url, first))
      throw invalidField(
        "settings.origin_auth",
        "was given for another server, and would be sent to this one: give it again with the new origin, or null",
      );
    return known.auth;
  };
  return { origin: first, origins: origins.length === 0 ? undefined : origins, origin_auth: sealed() };

  function listAfter(
    { id }: Pick<ZoneRow, "id">,
    changed: string | undefined,
    patch: SettingsPatch["origins"],
    { policy, zoneHosts }: ChangingOrigins,
  ): readonly ListedOrigin[] {
    if (patch === null) return [];
    if (patch === undefined) {
      const [one, ...others] = listBefore;
      if (one === undefined || changed === undefined || changed === one.url) return listBefore;
      if (one.auth !== undefined && !isSameServer(one.url, changed))
        throw invalidField(
          "origin",
          "is another server than the one that settings.origins has a secret for: give both again",
        );
      return [{ ...one, url: changed }, ...others];
    }
    return patch.map(({ auth: given, ...listed }, index) => {
      const field = `settings.origins.${index}`;
      const url = checkedOrigin(`${field}.url`, listed.url, policy);
      const former = listBefore.find(({ name }) => name === listed.name);
      const sealedFor = () =>
        sealedAuth(id, url, `${field}.auth`, given!, { auth: former?.auth, url: former?.url ?? url }, changing);
      return {
        ...(listed as Omit<ListedOrigin, "auth">),
        url,
        ...(listed.host !== undefined && { host: checkedHost(`${field}.host`, listed.host, policy, zoneHosts) }),
        ...(given != null && { auth: sealedFor() }),
      };
    });
  }
}

/** Checks a zone's servers after a change against its other settings. */
export function refuseContradictions({ origin, origins = [], origin_auth }: Origins, settings: StoredSettings): void {
  const auths = [
    { field: "settings.origin_auth", auth: origin_auth, url: origin },
    ...origins.map(({ auth, url }, index) => ({ field: `settings.origins.${index}.auth`, auth, url })),
  ];
  for (const { field, auth, url } of auths) {
    if (auth === undefined) continue;
    if (settings.forward?.authorization === true)
      throw invalidField(
        field,
        "cannot be combined with forward.authorization: a client's own is never sent to this origin",
      );
    if (auth.type !== "s3") continue;
    if (settings.methods === "all")
      throw invalidField(
        field,
        'cannot be combined with methods "all": the edge only reads buckets, and lets nobody write to them',
      );
    if (isWithoutBucket(url))
      throw invalidField(
        field,
        "needs an origin that names the bucket, in its host or as its path: https://…/my-bucket",
      );
  }
  for (const [index, rule] of (settings.rules ?? []).entries()) {
    const named = rule.do.origin;
    if (named === undefined || !ORIGIN_NAME.test(named) || origins.some(({ name }) => name === named)) continue;
    throw invalidField(`settings.rules.${index}.do.origin`, "must be a URL, or the name of one of settings.origins");
  }
}

/** Hosts of the services themselves, which list the buckets of whoever signs. */
const SERVICES =
  /^(?:s3[.-](?:[a-z0-9-]+\.)*amazonaws\.com(?:\.cn)?|[0-9a-f]{32}\.(?:[a-z]+\.)?r2\.cloudflarestorage\.com|s3\.[a-z0-9-]+\.backblazeb2\.com|storage\.googleapis\.com|s3\.[a-z0-9-]*\.?wasabisys\.com|[a-z0-9]+\.digitaloceanspaces\.com)$/;

function isWithoutBucket(url: string): boolean {
  const { hostname, pathname } = new URL(url);
  return pathname === "/" && SERVICES.test(hostname);
}

function isSameServer(one: string, other: string): boolean {
  return new URL(one).origin === new URL(other).origin;
}

/** @param former the earlier secret, and which server it was for */
function sealedAuth(
  zoneId: string,
  url: string,
  field: string,
  given: OriginAuthPatch,
  former: { auth: OriginAuth | undefined; url: string },
  { keyring, now }: ChangingOrigins,
): OriginAuth {
  const [name, secret] = secretOf(given);
  const isKept = former.auth?.type === given.type && isSameServer(former.url, url);
  if (secret === undefined) {
    if (!isKept)
      throw invalidField(`${field}.${name}`, "is required: the saved one is for another server or another type");
    return { ...shownOf(given), sealed: former.auth!.sealed, set_at: former.auth!.set_at } as OriginAuth;
  }
  const place = originAuthPlace(zoneId, url);
  const keys = keyring();
  const isSame = isKept && open(former.auth!.sealed, place, keys) === secret;
  const { sealed, set_at } = isSame ? former.auth! : { sealed: seal(secret, place, keys), set_at: now };
  return { ...shownOf(given), sealed, set_at } as OriginAuth;
}

function secretOf(given: OriginAuthPatch): [name: string, secret: string | undefined] {
  if (given.type === "s3") return ["secret", given.secret];
  return given.type === "basic" ? ["password", given.password] : ["token", given.token];
}

function shownOf(given: OriginAuthPatch): object {
  if (given.type === "s3") return { type: "s3", region: given.region, access_key_id: given.access_key_id };
  return given.type === "basic" ? { type: "basic", username: given.username } : { type: "bearer" };
}
