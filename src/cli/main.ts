/** `rescdn`: the command. */

import type { Command } from "@commander-js/extra-typings";
import { CommanderError } from "commander";
import { complete } from "./completion.ts";
import { Failed } from "./failed.ts";
import { createProgram, everyCommand } from "./program.ts";
import { clearProgress, note } from "./terminal.ts";

// The reader of the output may stop early: `rescdn zones ls | head -1`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

const program = createProgram();
for (const command of everyCommand(program))
  command
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ outputError: () => {} });
try {
  const [asked, separator, ...words] = process.argv.slice(2);
  if (asked === "complete" && separator === "--") await complete(program, words);
  else await program.parseAsync();
  clearProgress();
} catch (error) {
  clearProgress();
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0 || error.code === "commander.help") return error.code === "commander.help" ? 2 : 0;
    return say(new Failed(error.message.replace(/^error: /, ""), { exitCode: 2, hint: `${helpOfCalled()} says more` }));
  }
  if (error instanceof Failed) return say(error);
  throw error;
}

function say({ message, hint, facts, exitCode }: Failed): number {
  if (process.argv.includes("--json"))
    note(JSON.stringify({ error: message, ...facts, ...(hint !== undefined && { hint }) }));
  else note(`error: ${message}${hint === undefined ? "" : `\nhint: ${hint}`}`);
  return exitCode;
}

/** How to ask for the help of the command that was called, or nearly called. */
function helpOfCalled(): string {
  let command: Command = program;
  for (const word of process.argv.slice(2)) {
    const below = command.commands.find((one) => one.name() === word);
    if (below === undefined) break;
    command = below as Command;
  }
  const names: string[] = [];
  for (let one: Command | null = command; one !== null; one = one.parent as Command | null) names.unshift(one.name());
  return `${names.join(" ")} --help`;
}
