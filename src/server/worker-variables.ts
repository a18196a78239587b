import { distance } from "fastest-levenshtein";
import { unstable_readConfig as readConfig } from "wrangler";
import { ownHostsOf } from "../records/dns/own-hosts.ts";
import { SettingsError, settingsOf, VARIABLE_NAMES, type Variables } from "../settings.ts";
import { addressesFromEnvironment, fail, refuseWeakSecret } from "./command.ts";
import { report } from "./log/report.ts";
import { wranglerConfig } from "./project.ts";

/** What the environment of a command sets beside the Worker's variables. */
const OF_THE_COMMAND = ["PORT", "HOST", "STATE_DIR", "CACHE_BYTES", "WORKERS", "LOG_FORMAT", "LOG_LEVEL"];

/**
 * The variables that the environment sets, to be used over those of `wrangler.toml`. What the Worker would not take ends the
 * command with one line; a name that looks like one that was meant otherwise is said on stderr.
 */
export function variablesFromEnvironment(): Record<string, string> {
  const vars: Record<string, string> = {};
  for (const name of VARIABLE_NAMES) {
    const value = process.env[name];
    if (value !== undefined) vars[name] = value;
  }
  for (const name of ["TRUSTED_PROXIES", "DNS_RESOLVERS"] as const) vars[name] = addressesFromEnvironment(name);
  for (const name of ["ADMIN_TOKEN", "DNS_BRIDGE_SECRET"] as const) refuseWeakSecret(name, vars[name]);
  const { vars: byDefault } = readConfig({ config: wranglerConfig });
  try {
    ownHostsOf(settingsOf({ ...byDefault, ...vars } as unknown as Variables));
  } catch (error) {
    if (error instanceof SettingsError) fail(error.message);
    throw error;
  }
  for (const { name, meant } of misspelled(Object.keys(process.env))) report("setting_unknown", { name, meant });
  return vars;
}

/** Up to so many letters may differ from a name that was meant. */
const LETTERS = 2;

/** The names that are none of ours, but nearly, and which was meant; short ones are left alone. */
export function misspelled(names: readonly string[]): { name: string; meant: string }[] {
  const known = [...VARIABLE_NAMES, ...OF_THE_COMMAND];
  return names.flatMap((name) => {
    if (known.includes(name)) return [];
    const meant = known.find((one) => one.length > 3 * LETTERS && distance(one, name) <= LETTERS);
    return meant === undefined ? [] : [{ name, meant }];
  });
}
