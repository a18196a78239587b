import type { RootCommand } from "@bomb.sh/tab";
import { Argument, Command } from "@commander-js/extra-typings";
import { Cli } from "./cli.ts";
import { print } from "./terminal.ts";

/** How long a shell may be kept waiting for the names of zones. */
const PATIENCE_MS = 1_500;

const SHELLS = ["bash", "zsh", "fish"] as const;

/** `rescdn completion`. */
export const completion = () =>
  new Command("completion")
    .summary("Print a script that completes commands and zones in your shell")
    .description("Print a script that completes commands, options and the names of your zones in your shell.")
    .addArgument(new Argument("<shell>").choices(SHELLS))
    .addHelpText(
      "after",
      `
Example:
  $ source <(rescdn completion bash)   # in ~/.bashrc
  $ source <(rescdn completion zsh)    # in ~/.zshrc, after compinit
  $ rescdn completion fish > ~/.config/fish/completions/rescdn.fish`,
    )
    .action(async (shell) => {
      if (shell === "bash") print(BASH);
      else (await import("@bomb.sh/tab")).script(shell, "rescdn", "rescdn");
    });

/** The library's script for bash evaluates what is typed, and needs functions that few machines have. */
const BASH = `_rescdn() {
  local typed=() line before
  read -ra typed <<< "\${COMP_LINE:0:COMP_POINT}"
  [[ "\${COMP_LINE:0:COMP_POINT}" == *" " ]] && typed+=("")
  # A colon begins a word to bash, and none to rescdn.
  before="\${typed[-1]%"\${typed[-1]##*:}"}"
  COMPREPLY=()
  while IFS=$'\\t' read -r line _; do
    [[ "$line" == :* ]] || COMPREPLY+=("\${line#"$before"}")
  done < <(rescdn complete -- "\${typed[@]:1}" 2> /dev/null)
}
complete -o default -F _rescdn rescdn`;

/** Answers such a script: `rescdn complete -- <words>`, where the last word is the one being typed. */
export async function complete(program: Command, words: readonly string[]): Promise<void> {
  const { default: tab } = await import("@bomb.sh/tab");
  describe(program, tab);
  for (const [name, command] of below(program)) {
    const described = tab.command(name, command.summary());
    describe(command, described);
    const isTyped = name.split(" ").every((word, index) => words[index] === word);
    const zone = described.arguments.get("zone") ?? described.arguments.get("zone|url");
    if (!isTyped || zone === undefined) continue;
    const zones = await zoneNames();
    zone.handler = (suggest) => {
      for (const found of zones) suggest(found, "");
    };
  }
  tab.parse([...words]);
}

type Described = Pick<ReturnType<RootCommand["command"]>, "option" | "argument">;

function describe(command: Command, described: Described): void {
  for (const option of command.createHelp().visibleOptions(command)) {
    const name = option.long?.slice(2) ?? option.name();
    const choices = option.argChoices ?? [];
    if (!option.required && !option.optional) described.option(name, option.description);
    else
      described.option(name, option.description, (suggest) => {
        for (const choice of choices) suggest(choice, "");
      });
  }
  for (const argument of command.registeredArguments) {
    const choices = argument.argChoices ?? [];
    described.argument(
      argument.name(),
      (suggest) => {
        for (const choice of choices) suggest(choice, "");
      },
      argument.variadic,
    );
  }
}

function below(command: Command, prefix = ""): [string, Command][] {
  return command.commands.flatMap((one) => {
    const name = `${prefix}${one.name()}`;
    return [[name, one as Command] as [string, Command], ...below(one as Command, `${name} `)];
  });
}

async function zoneNames(): Promise<string[]> {
  try {
    const cli = new Cli({});
    const url = new URL("/v1/zones?limit=100", await cli.api());
    const headers = { "x-rescdn-key": await cli.key("rescdn") };
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
    return ((await answer.json()) as { zones: { name: string }[] }).zones.map(({ name }) => name);
  } catch {
    // Somebody who is not signed in gets the completions that need no key.
    return [];
  }
}
