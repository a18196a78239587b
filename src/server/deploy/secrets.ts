import { randomBytes } from "node:crypto";
import { refusalOfAdminToken } from "../../accounts/admin-token.ts";
import { NO_KEYRING, newKeyring, readKeyring } from "../../secrets/keyring.ts";
import { CannotStart } from "../cannot-start.ts";

/** A secret that a deployment lacks. */
export interface NewSecret {
  name: "SECRETS_KEY" | "ADMIN_TOKEN" | "SIGN_IN_SECRET";
  value: string;
  /** Why the operator needs to know it; null: nobody does. */
  keep: string | null;
}

const WHY = {
  SECRETS_KEY:
    "the keyring: it encrypts customers' secrets. Nothing else can decrypt them: keep a copy apart from backups",
  ADMIN_TOKEN: "the operator's token, for /admin and /metrics",
  SIGN_IN_SECRET: null,
} as const;

/**
 * The secrets that a deployment lacks, generated or taken from the environment. An existing one is never replaced.
 *
 * @param hasAccounts whether the database has accounts, whose secrets were sealed by a lost keyring
 * @throws {CannotStart} if a new keyring would make existing secrets unreadable, or the given one is not a keyring
 */
export function newSecrets(
  set: readonly string[],
  given: Record<string, string | undefined>,
  hasAccounts: boolean,
  mayBeNew: boolean,
): NewSecret[] {
  const names = (["SECRETS_KEY", "ADMIN_TOKEN", "SIGN_IN_SECRET"] as const).filter((name) => !set.includes(name));
  return names.map((name) => {
    const value = given[name];
    if (value) {
      refuseBroken(name, value);
      return { name, value, keep: null };
    }
    if (name === "SECRETS_KEY" && hasAccounts && !mayBeNew)
      throw new CannotStart(
        "the database holds accounts, and the keyring that has sealed their secrets is not set: give it as SECRETS_KEY in the " +
          "environment. Where it is lost, so is what it has sealed: then say --new-keyring",
      );
    return { name, value: name === "SECRETS_KEY" ? newKeyring() : randomBytes(32).toString("hex"), keep: WHY[name] };
  });
}

function refuseBroken(name: NewSecret["name"], value: string): void {
  if (name === "SECRETS_KEY" && readKeyring(value) === null) throw new CannotStart(`SECRETS_KEY ${NO_KEYRING}`);
  const refusal = name === "SECRETS_KEY" ? null : refusalOfAdminToken(value);
  if (refusal !== null) throw new CannotStart(`${name} ${refusal}`);
}
