import { Command } from "@commander-js/extra-typings";
import { api } from "./commands/api.ts";
import { audit } from "./commands/audit.ts";
import { deployAssets } from "./commands/deploy-assets.ts";
import { hosts } from "./commands/hosts.ts";
import { keys } from "./commands/keys.ts";
import { login, logout, whoami } from "./commands/login.ts";
import { namespaces } from "./commands/namespaces.ts";
import { open } from "./commands/open.ts";
import { apply, init, plan, schema } from "./commands/project.ts";
import { purge } from "./commands/purge.ts";
import { records } from "./commands/records.ts";
import { sign, signingKeys } from "./commands/sign.ts";
import { tail } from "./commands/tail.ts";
import { top, usage } from "./commands/usage.ts";
import { webhooks } from "./commands/webhooks.ts";
import { why } from "./commands/why.ts";
import { zones } from "./commands/zones.ts";
import { completion } from "./completion.ts";

/** The whole command, with all its subcommands. */
export function createProgram(): Command {
  const program = new Command("rescdn")
    .description("ResCDN in a terminal: zones, purges, usage, keys and records.")
    .version("0.1.0", "-v, --version", "print the version")
    .addHelpText(
      "after",
      `
First steps:
  $ rescdn login
  $ rescdn zones create my-assets --origin https://www.example.com
  $ rescdn purge my-assets --everything

RESCDN_API, RESCDN_KEY, RESOLVEDB_KEY and RESCDN_PROFILE stand for what login has kept; NO_COLOR turns colours off.
It ends with 0 when all is done, 1 when something was refused or failed, 2 when it was called in a way that makes no sense.`,
    );
  program.commandsGroup("Sign in:");
  for (const one of [login(), logout(), whoami()]) program.addCommand(one);
  program.commandsGroup("The CDN:");
  for (const one of [zones(), purge(), deployAssets(), hosts(), sign(), signingKeys()]) program.addCommand(one);
  program.commandsGroup("Zones as code:");
  for (const one of [init(), plan(), apply(), schema()]) program.addCommand(one);
  program.commandsGroup("What happens:");
  for (const one of [why(), tail(), usage(), top(), audit()]) program.addCommand(one);
  program.commandsGroup("Records:");
  for (const one of [records(), namespaces(), webhooks()]) program.addCommand(one);
  program.commandsGroup("And:");
  for (const one of [keys(), api(), open(), completion()]) program.addCommand(one);
  for (const one of everyCommand(program)) one.helpOption("-h, --help", HELP).helpCommand(false);
  return program;
}

const HELP = "show what it does, with an example";

/** A command and all its subcommands. */
export function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap((below) => everyCommand(below as Command))];
}
