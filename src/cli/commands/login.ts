import { Option } from "@commander-js/extra-typings";
import createClient from "openapi-fetch";
import type { paths } from "../../../dist/api-types/rescdn.d.ts";
import type { paths as recordPaths } from "../../../dist/api-types/resolvedb.d.ts";
import { answerOf } from "../calls.ts";
import { apiOf, called, DEFAULT_API } from "../cli.ts";
import { cliOf, command } from "../command.ts";
import { dashboardOf } from "../dashboard.ts";
import { Failed, misused } from "../failed.ts";
import { standardInput } from "../input.ts";
import { openInBrowser } from "../open-in-browser.ts";
import { configPath, type Profile, readProfile, writeProfile } from "../profiles.ts";
import { SCOPES } from "../scopes.ts";
import { ask, coloured, facts, note } from "../terminal.ts";

const WAIT_MS = 10 * 60_000;

/** `rescdn login`. */
export const login = () =>
  command(
    "login",
    "Sign in: in the browser, or with a key that you have",
    "rescdn login",
    "rescdn login --api http://localhost:8787",
    "rescdn login --key < key.txt",
  )
    .option("--key", "read a key, from the standard input or without showing what is typed")
    .addOption(
      new Option("--scope <scope...>", "what the new key may do; without it, all that you may").choices(SCOPES),
    )
    .option("--no-browser", "the browser is on another machine: print the address, and read the code that it shows")
    .action(async (options) => {
      const cli = cliOf(options);
      const name = cli.profileName;
      const known = await readProfile(name);
      const api = apiOf(options.api || process.env.RESCDN_API || known?.api || DEFAULT_API);
      const before = known?.api === api ? known : null;
      const profile = options.key
        ? await byKey(api, before)
        : await byBrowser(api, options.scope ?? [], options.browser);
      // What the dashboard created is kept in any case; what somebody typed may not be a key.
      if (!options.key) await writeProfile(name, profile);
      const as = await whoIs(profile);
      if (options.key) await writeProfile(name, profile);
      cli.show(
        { profile: name, api, ...as },
        () => `Signed in to ${api} as ${coloured("bold", as.account)} (profile ${name}).`,
      );
      if (!cli.json) note(`Saved in ${configPath()}, which only you can read.`);
    });

async function byKey(api: string, before: Profile | null): Promise<Profile> {
  const text = process.stdin.isTTY ? await ask("Key (rk_… or rdb_…, it is not shown): ", true) : await standardInput();
  const tokens = text.split(/\s+/).filter(Boolean);
  const rescdn = tokens.find((token) => token.startsWith("rk_"));
  const resolvedb = tokens.find((token) => token.startsWith("rdb_"));
  if (rescdn === undefined && resolvedb === undefined)
    throw misused("that is not a key", "a key of ResCDN begins with rk_, one of ResolveDB with rdb_");
  // Keys may be given one after the other, but a sign-in through the browser is replaced.
  const kept = before?.made === undefined ? { ...before } : {};
  return { ...kept, api, ...(rescdn !== undefined && { rescdn }), ...(resolvedb !== undefined && { resolvedb }) };
}

async function byBrowser(api: string, scopes: readonly string[], isHere: boolean): Promise<Profile> {
  const { startSignIn } = await import("../browser-sign-in.ts");
  const signIn = await startSignIn(await dashboardOf(api), scopes, isHere);
  try {
    if (isHere) {
      note(`Opening your browser. If none opens, go to\n  ${signIn.url}\nWaiting until you have confirmed there…`);
      await openInBrowser(signIn.url);
    } else note(`Open this in a browser, on any machine:\n  ${signIn.url}`);
    const made = isHere ? await inTime(signIn.keys) : await pasted(signIn.read);
    const { rescdn, resolvedb } = made;
    return {
      api,
      rescdn: rescdn.token,
      ...(resolvedb !== null && { resolvedb: resolvedb.token }),
      made: { rescdn: rescdn.id, resolvedb: resolvedb?.id ?? null },
    };
  } finally {
    signIn.close();
  }
}

async function inTime<T>(keys: Promise<T>): Promise<T> {
  const late = new Failed("nobody has confirmed within ten minutes", { hint: "run rescdn login again" });
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late), WAIT_MS);
  return Promise.race([keys, promise]).finally(() => clearTimeout(timer));
}

async function pasted<T>(read: (code: string) => Promise<T | null>): Promise<T> {
  const code = await ask("The code that the page shows: ");
  const keys = await read(code);
  if (keys === null) throw new Failed("that is not the code of this sign-in", { hint: "run rescdn login again" });
  return keys;
}

/** Whose keys these are. @throws if the API does not accept them */
async function whoIs({ api, rescdn, resolvedb }: Profile): Promise<{ account: string; plan: string }> {
  const to = { baseUrl: api, fetch: called };
  let who: { account: string; plan: string } | undefined;
  if (resolvedb !== undefined) {
    const client = createClient<recordPaths>({ ...to, headers: { Authorization: `Bearer ${resolvedb}` } });
    const { user } = await answerOf(client.GET("/api/v1/me"));
    who = { account: user.name, plan: user.plan };
  }
  if (rescdn !== undefined) {
    const client = createClient<paths>({ ...to, headers: { "X-ResCDN-Key": rescdn } });
    const { account } = await answerOf(client.GET("/v1/me"));
    who = { account: account.name, plan: account.plan };
  }
  if (who === undefined) throw new Error("a profile without a key");
  return who;
}

/** `rescdn logout`. */
export const logout = () =>
  command(
    "logout",
    "Forget the keys of this machine, and revoke those that rescdn login has made",
    "rescdn logout",
  ).action(async (options) => {
    const cli = cliOf(options);
    const name = cli.profileName;
    const profile = await readProfile(name);
    if (profile === null) throw new Failed(`you are not signed in (profile ${name})`);
    const { made, api } = profile;
    const revoked = made === undefined ? [] : await revoke(profile);
    await writeProfile(name, null);
    cli.show({ profile: name, revoked }, () => `Signed out of ${api} (profile ${name}).`);
    const left = [made?.rescdn, made?.resolvedb].filter((id) => typeof id === "string" && !revoked.includes(id));
    if (left.length > 0 && !cli.json)
      note(`${left.join(" and ")} could not be revoked: do that in the dashboard, under Keys.`);
  });

/** Revokes what `login` created, as far as possible: a key can only do this if it may write keys. */
async function revoke({ api, rescdn = "", resolvedb = "", made }: Profile): Promise<string[]> {
  const to = { baseUrl: api, fetch: called };
  const revoked: string[] = [];
  if (made?.resolvedb) {
    const client = createClient<recordPaths>({ ...to, headers: { Authorization: `Bearer ${resolvedb}` } });
    const { response } = await client.DELETE("/api/v1/api_keys/{id}", { params: { path: { id: made.resolvedb } } });
    if (response.ok || response.status === 401) revoked.push(made.resolvedb);
  }
  if (made !== undefined) {
    const client = createClient<paths>({ ...to, headers: { "X-ResCDN-Key": rescdn } });
    const { response } = await client.DELETE("/v1/keys/{id}", { params: { path: { id: made.rescdn } } });
    if (response.ok || response.status === 401) revoked.push(made.rescdn);
  }
  return revoked;
}

/** `rescdn whoami`. */
export const whoami = () =>
  command("whoami", "Show the account and key that commands use, and what the key may do", "rescdn whoami").action(
    async (options) => {
      const cli = cliOf(options);
      const me = await answerOf((await cli.rescdn()).GET("/v1/me"));
      const { account, key, limits } = me;
      const [api, from] = [await cli.api(), process.env.RESCDN_KEY ? "RESCDN_KEY" : `profile ${cli.profileName}`];
      cli.show(me, () =>
        facts([
          ["account", `${coloured("bold", account.name)} (${account.id}, plan ${account.plan})`],
          ["key", key === null ? null : `${key.name} (${key.prefix}…, ${key.id}), from ${from}`],
          ["may", key?.scopes.join(", ") ?? null],
          ["zones", `${limits.zones.in_use} of ${limits.zones.limit}`],
          ["api", api],
        ]),
      );
    },
  );
