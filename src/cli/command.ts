import { Command } from "@commander-js/extra-typings";
import { Cli, type CommonOptions } from "./cli.ts";

/** A command that does something, with the options that all such commands have. */
export function command(name: string, summary: string, ...examples: readonly string[]) {
  return new Command(name)
    .summary(summary)
    .description(`${summary}.`)
    .option("--json", "print JSON, for programs")
    .option("--profile <name>", "sign in as this profile (RESCDN_PROFILE)")
    .option("--api <url>", "the API to call (RESCDN_API)")
    .addHelpText("after", `\nExample:\n${examples.map((example) => `  $ ${example}`).join("\n")}`);
}

/** A command with subcommands. */
export function group(name: string, summary: string): Command {
  return new Command(name).summary(summary).description(`${summary}.`);
}

/** The means for a command, from the options it was called with. */
export function cliOf(options: CommonOptions): Cli {
  return new Cli(options);
}
