import tab from "@bomb.sh/tab";
import addCompletion from "@bomb.sh/tab/commander";
import type { Command } from "@commander-js/extra-typings";
import type { Command as PlainCommand } from "commander";
import { Cli } from "./cli.ts";

/** So long a shell is held up for the names of zones. */
const PATIENCE_MS = 1_500;

/** Adds `rescdn completion <shell>`, and what the scripts that it prints ask while somebody types. */
export async function completeCommands(program: Command): Promise<void> {
  addCompletion(program as unknown as PlainCommand, { completionCommandName: "completion" });
  const completion = program.commands.find((command) => command.name() === "completion");
  completion
    ?.summary("Print a script that completes commands and zones in your shell")
    .addHelpText(
      "after",
      "\nExample:\n  $ source <(rescdn completion bash)\n  $ rescdn completion fish > ~/.config/fish/completions/rescdn.fish",
    );
  if (process.argv[2] !== "complete") return;
  const typed = process.argv.slice(4, -1);
  for (const [name, command] of tab.commands) {
    const zone = command.arguments.get("zone") ?? command.arguments.get("zone|url");
    if (zone === undefined || name.split(" ").some((word, index) => typed[index] !== word)) continue;
    const names = await zoneNames();
    zone.handler = (complete) => {
      for (const found of names) complete(found, "");
    };
  }
}

async function zoneNames(): Promise<string[]> {
  try {
    const cli = new Cli({});
    const url = new URL("/v1/zones?limit=100", await cli.api());
    const headers = { "x-rescdn-key": await cli.key("rescdn") };
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
    return ((await answer.json()) as { zones: { name: string }[] }).zones.map(({ name }) => name);
  } catch {
    // Whoever is not signed in gets what there is without.
    return [];
  }
}
