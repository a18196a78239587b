import { totalmem } from "node:os";
import { distance } from "fastest-levenshtein";
import { ownHostsOf } from "../records/dns/own-hosts.ts";
import { settingsOf } from "../settings.ts";
import { SettingsError } from "../variable-values.ts";
import { VARIABLE_NAMES, type Variables } from "../variables.ts";
import { addressesFromEnvironment, fail, refuseWeakSecret } from "./command.ts";
import { report } from "./log/report.ts";
import type { Toolchain } from "./toolchain.ts";

/** What the environment of a command sets besides the Worker's variables. */
export const OF_THE_COMMAND = ["PORT", "HOST", "STATE_DIR", "CACHE_BYTES", "WORKERS", "LOG_FORMAT", "LOG_LEVEL"];

/**
 * The variables in the environment, which override those of `wrangler.toml`. A value that the Worker would refuse ends the
 * command with one line. A name that looks like a misspelled one is reported on stderr.
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
  for (const name of ["MEMORY_BYTES", "MEMORY_OBJECT_BYTES", "FILL_BYTES"] as const)
    refuseMoreThanThereIs(name, vars[name]);
  try {
    ownHostsOf(settingsOf({ ...byDefault, ...vars } as unknown as Variables));
  } catch (error) {
    if (error instanceof SettingsError) fail(error.message);
    throw error;
  }
  for (const { name, meant } of misspelled(Object.keys(process.env))) report("setting_unknown", { name, meant });
  return vars;
}

/** Ends the command with one line if the value is more than this machine's memory. */
function refuseMoreThanThereIs(name: string, bytes: string | undefined): void {
  if (/^\d+$/.test(bytes ?? "") && Number(bytes) > totalmem()) fail(`${name} is more memory than there is: ${bytes}`);
}

/** One letter in so many may be wrong: more in longer names. */
const LETTERS_EACH = 5;

/** Names that are close to one of ours, and which one was meant. */
export function misspelled(names: readonly string[]): { name: string; meant: string }[] {
  const known = [...VARIABLE_NAMES, ...OF_THE_COMMAND];
  return names.flatMap((name) => {
    if (known.includes(name)) return [];
    const meant = known.find((one) => isNear(name, one));
    return meant === undefined ? [] : [{ name, meant }];
  });
}

/** For short names, which others use too, only the plural and another case count as close. */
function isNear(name: string, setting: string): boolean {
  const upper = name.toUpperCase();
  const letters = Math.min(3, Math.floor(setting.length / LETTERS_EACH));
  return upper === `${setting}S` || distance(upper, setting) <= letters;
}
