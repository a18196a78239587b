import { Option } from "@commander-js/extra-typings";
import { answerOf, everyPage } from "../calls.ts";
import type { Cli, RecordSchemas, Schemas } from "../cli.ts";
import { cliOf, command, group } from "../command.ts";
import { misused } from "../failed.ts";
import { SCOPES } from "../scopes.ts";
import { coloured, confirm, facts, note, plain, table } from "../terminal.ts";
import { expiryOf, secondsOf } from "../times.ts";

type Key = Schemas["Key"];

/** `rescdn keys`. */
export function keys() {
  return group("keys", "API keys: what programs call the API with")
    .addCommand(list())
    .addCommand(create())
    .addCommand(show())
    .addCommand(rename())
    .addCommand(rotate())
    .addCommand(revoke());
}

const resolvedb = () => new Option("--resolvedb", "of ResolveDB, for records");

const list = () =>
  command("ls", "List the keys that can do no more than yours", "rescdn keys ls", "rescdn keys ls --resolvedb")
    .addOption(resolvedb())
    .action(async (options) => {
      const cli = cliOf(options);
      if (options.resolvedb) {
        const { api_keys } = await answerOf((await cli.resolvedb()).GET("/api/v1/api_keys"));
        return cli.show(api_keys, recordKeys);
      }
      const client = await cli.rescdn();
      const found = await everyPage(async (cursor) => {
        const query = { limit: 100, ...(cursor !== undefined && { cursor }) };
        const page = await answerOf(client.GET("/v1/keys", { params: { query } }));
        return { items: page.keys, next: page.next_cursor };
      });
      cli.show(found, (keys) =>
        table(
          ["id", "name", "begins", "may", "zones", "expires", "last used"],
          keys.map((key) => [
            key.id,
            plain(key.name),
            key.prefix,
            mayOf(key),
            key.zones?.length ? key.zones.length : "all",
            key.revoked ?? key.expires ?? "never",
            key.last_used,
          ]),
        ),
      );
    });

const create = () =>
  command(
    "create",
    "Create a key; it is shown this once",
    "rescdn keys create CI --scope purge --zone my-assets --expires 90d",
    "rescdn keys create CI --scope purge --json | jq -r .token | gh secret set RESCDN_KEY",
  )
    .argument("<name>", "of the program that will use it")
    .addOption(
      new Option("--scope <scope...>", "what it may do; without it, all that your key may").choices([
        ...SCOPES,
        "read",
        "write",
      ]),
    )
    .option("--zone <zone...>", "the zones that it is for; without it, those of your key")
    .option("--expires <when>", "a date, a time, or 90d from now; never")
    .addOption(resolvedb())
    .action(async (name, options) => {
      const cli = cliOf(options);
      const expires = options.expires === undefined ? undefined : expiryOf(options.expires, Date.now());
      if (options.resolvedb) return createRecordKey(cli, name, options.scope, expires);
      const body = {
        name,
        ...(options.scope !== undefined && { scopes: known(options.scope, SCOPES) }),
        ...(options.zone !== undefined && { zones: options.zone }),
        ...(expires !== undefined && { expires }),
      };
      shown(cli, await answerOf((await cli.rescdn()).POST("/v1/keys", { body })));
    });

async function createRecordKey(cli: Cli, name: string, scope: readonly string[] | undefined, expires?: string | null) {
  const api_key = {
    name,
    ...(scope !== undefined && { scopes: known(scope, ["read", "write"] as const) }),
    ...(expires !== undefined && { expires_at: expires }),
  };
  const made = await answerOf((await cli.resolvedb()).POST("/api/v1/api_keys", { body: { api_key } }));
  shown(cli, made.api_key);
}

function known<Name extends string>(names: readonly string[], all: readonly Name[]): Name[] {
  return names.map((name) => {
    const found = all.find((one) => one === name);
    if (found === undefined)
      throw misused(`there is no scope ${name} for such a key`, `the scopes are ${all.join(", ")}`);
    return found;
  });
}

const show = () =>
  command("show", "Show a key, without the key itself", "rescdn keys show key_abc123")
    .argument("<id>")
    .action(async (id, options) => {
      const cli = cliOf(options);
      cli.show(await answerOf((await cli.rescdn()).GET("/v1/keys/{id}", { params: { path: { id } } })), described);
    });

const rename = () =>
  command("rename", "Give a key another name", "rescdn keys rename key_abc123 'CI of the shop'")
    .argument("<id>")
    .argument("<name>")
    .action(async (id, name, options) => {
      const cli = cliOf(options);
      const call = (await cli.rescdn()).PATCH("/v1/keys/{id}", { params: { path: { id } }, body: { name } });
      cli.show(await answerOf(call), described);
    });

const rotate = () =>
  command("rotate", "Replace a key by a new one, which is shown this once", "rescdn keys rotate key_abc123 --grace 1h")
    .argument("<id>")
    .option("--grace <time>", "how long the old one still works", "0s")
    .action(async (id, options) => {
      const cli = cliOf(options);
      const body = { grace_seconds: secondsOf(options.grace) };
      const call = (await cli.rescdn()).POST("/v1/keys/{id}/rotate", { params: { path: { id } }, body });
      shown(cli, await answerOf(call));
    });

const revoke = () =>
  command("revoke", "Revoke a key: its next call is refused", "rescdn keys revoke key_abc123 --yes")
    .argument("<id>")
    .addOption(resolvedb())
    .option("--yes", "do not ask")
    .action(async (id, options) => {
      const cli = cliOf(options);
      await confirm(`Revoke the key ${id}? Programs that use it stop working at once.`, options.yes);
      const at = { params: { path: { id } } };
      if (options.resolvedb) await answerOf((await cli.resolvedb()).DELETE("/api/v1/api_keys/{id}", at));
      else await answerOf((await cli.rescdn()).DELETE("/v1/keys/{id}", at));
      cli.show({ revoked: id }, () => `Revoked ${id}.`);
    });

function shown(cli: Cli, key: Schemas["CreatedKey"] | RecordSchemas["CreatedApiKey"]): void {
  cli.show(key, () => key.token);
  if (!cli.json) note(`${key.id} is shown only this once: store it where its program finds it.`);
}

function described(key: Key): string {
  return facts([
    ["id", key.id],
    ["name", coloured("bold", plain(key.name))],
    ["begins", key.prefix],
    ["mode", key.mode],
    ["may", key.scopes.join(", ")],
    ["zones", key.zones?.join(", ") ?? "all"],
    ["created", key.created],
    ["expires", key.expires ?? "never"],
    ["last used", key.last_used],
    ["revoked", key.revoked],
  ]);
}

function mayOf({ scopes }: Key): string {
  return scopes.length === SCOPES.length ? "all" : scopes.join(" ");
}

function recordKeys(keys: readonly RecordSchemas["ApiKey"][]): string {
  return table(
    ["id", "name", "begins", "may", "expires", "last used"],
    keys.map((key) => [
      key.id,
      plain(key.name),
      key.prefix,
      key.scopes.join(" "),
      key.expires_at ?? "never",
      key.last_used_at,
    ]),
  );
}
