import { log } from "../../log/log.ts";
import type { Keyring } from "../../secrets/keyring.ts";
import { open } from "../../secrets/seal.ts";
import { type SealedKey, signingKeyPlace, type ZoneDocument } from "../../zones/zone.ts";
import { type Access, prepareAccess } from "./access.ts";
import { type Closure, prepareClosure } from "./closure.ts";
import { prepareRules, type Rules } from "./rules.ts";
import type { SigningKey } from "./signature.ts";

/** A zone's settings about who may fetch what, prepared for checking requests. */
export interface Policy {
  access: Access | null;
  /** How many requests a client may make within ten seconds; null: any number. */
  rateLimit: number | null;
  rules: Rules | null;
  /** Null: the zone is not in maintenance. */
  closure: Closure | null;
  /** Null: no URL of the zone need be signed. */
  signing: Signing | null;
}

/** How a zone's URLs are signed. */
export interface Signing {
  /** Whether a signature is required if no rule decides it. */
  isRequired: boolean;
  zone: Pick<ZoneDocument, "id" | "name">;
  sealed: readonly SealedKey[];
  /** Null until a token has to be verified. */
  keys: readonly SigningKey[] | null;
}

/** By document, of which an isolate keeps one for each zone. Null: the zone uses none of this. */
const prepared = new WeakMap<ZoneDocument, Policy | null>();

/** The policy of a zone, prepared once for each document; null: there is nothing to check. */
export function policyOf(zone: ZoneDocument): Policy | null {
  let policy = prepared.get(zone);
  if (policy === undefined) {
    policy = prepare(zone);
    prepared.set(zone, policy);
  }
  return policy;
}

function prepare(zone: ZoneDocument): Policy | null {
  const { access, signed_urls, maintenance } = zone.settings;
  const rules = prepareRules(zone);
  const isRequired = signed_urls === "required";
  const signing = { isRequired, zone, sealed: zone.signing_keys ?? [], keys: null };
  const policy: Policy = {
    access: prepareAccess(access),
    rateLimit: access.rate_limit?.requests ?? null,
    rules,
    closure: maintenance === null ? null : prepareClosure(maintenance),
    signing: isRequired || rules !== null ? signing : null,
  };
  return Object.values(policy).every((part) => part === null) ? null : policy;
}

/** The keys of a zone, opened once for each document. @param keyring null: there is none, so no key can be opened */
export function keysOf(signing: Signing, keyring: Keyring | null): readonly SigningKey[] {
  signing.keys ??= openKeys(signing, keyring);
  return signing.keys;
}

function openKeys({ zone, sealed }: Signing, keyring: Keyring | null): SigningKey[] {
  return sealed.flatMap(({ id, sealed: text }) => {
    const key = keyring && open(text, signingKeyPlace(zone.id, id), keyring);
    if (key !== null) return [{ id, key }];
    log("signing_key_unreadable", { zone: zone.name, key: id });
    return [];
  });
}
