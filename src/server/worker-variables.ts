import { totalmem } from "node:os";
import { distance } from "fastest-levenshtein";
import { ownHostsOf } from "../records/dns/own-hosts.ts";
import { settingsOf } from "../settings.ts";
import { SettingsError } from "../variable-values.ts";
import { VARIABLE_NAMES, type Variables } from "../variables.ts";
import { addressesFromEnvironment, fail, refuseWeakSecret } from "./command.ts";
import { report } from "./log/report.ts";
import type { Toolchain } from "./toolchain.ts";

/** What the environment of a command sets beside the Worker's variables. */
export const OF_THE_COMMAND = ["PORT", "HOST", "STATE_DIR", "CACHE_BYTES", "WORKERS", "LOG_FORMAT", "LOG_LEVEL"];

/**
 * The variables that the environment sets, to be used over those of `wrangler.toml`. What the Worker would not take ends the
 * command with one line; a name that looks like one that was meant otherwise is said on stderr.
 */
export async function variablesFromEnvironment({
  readConfig,
}: Pick<Toolchain, "readConfig">): Promise<Record<string, string>> {
  const vars: Record<string, string> = {};
  for (const name of VARIABLE_NAMES) {
    const value = process.env[name];
    if (value !== undefined) vars[name] = value;
  }
  for (const name of ["TRUSTED_PROXIES", "DNS_RESOLVERS"] as const) vars[name] = addressesFromEnvironment(name);
  for (const name of ["ADMIN_TOKEN", "DNS_BRIDGE_SECRET", "SIGN_IN_SECRET"] as const)
    refuseWeakSecret(name, vars[name]);
  const { vars: byDefault } = await readConfig();
  for (const name of ["MEMORY_BYTES", "MEMORY_OBJECT_BYTES"] as const) refuseMoreThanThereIs(name, vars[name]);
  try {
    ownHostsOf(settingsOf({ ...byDefault, ...vars } as unknown as Variables));
  } catch (error) {
    if (error instanceof SettingsError) fail(error.message);
    throw error;
  }
  for (const { name, meant } of misspelled(Object.keys(process.env))) report("setting_unknown", { name, meant });
  return vars;
}

/** What no machine of this size can hold ends the command with one line. */
function refuseMoreThanThereIs(name: string, bytes: string | undefined): void {
  if (/^\d+$/.test(bytes ?? "") && Number(bytes) > totalmem()) fail(`${name} is more memory than there is: ${bytes}`);
}

/** The longer a name is, the more letters of it may be wrong. */
const LETTERS_EACH = 5;

/** The names that are none of ours, but nearly, and which was meant. */
export function misspelled(names: readonly string[]): { name: string; meant: string }[] {
  const known = [...VARIABLE_NAMES, ...OF_THE_COMMAND];
  return names.flatMap((name) => {
    if (known.includes(name)) return [];
    const meant = known.find((one) => isNear(name, one));
    return meant === undefined ? [] : [{ name, meant }];
  });
}

/** Of short names, which others have as well, only the plural and other cases are near. */
function isNear(name: string, setting: string): boolean {
  const upper = name.toUpperCase();
  const letters = Math.min(3, Math.floor(setting.length / LETTERS_EACH));
  return upper === `${setting}S` || distance(upper, setting) <= letters;
}
