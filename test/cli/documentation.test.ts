import type { Command } from "@commander-js/extra-typings";
import { describe, expect, it } from "vitest";
import { createProgram, everyCommand } from "../../src/cli/program.ts";
import { read } from "../rules/source-files.ts";

const commands = everyCommand(createProgram()).filter((command) => command.commands.length === 0);
const page = read("src/docs/command-line.md");

function nameOf(command: Command): string {
  const parent = command.parent as Command | null;
  return parent === null ? command.name() : `${nameOf(parent)} ${command.name()}`;
}

/** A command as it is written: `rescdn zones show <zone>`. */
function usageOf(command: Command): string {
  const written = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [nameOf(command), ...written].join(" ");
}

describe("the guide to the command line", () => {
  it("has every command with what it does, and no other", () => {
    const rows = [...page.matchAll(/^\| `(rescdn .+?)` \| (.+) \|$/gm)].map(([, usage, does]) => [
      usage!.replaceAll("\\|", "|"),
      does,
    ]);
    expect(rows.sort()).toEqual(commands.map((command) => [usageOf(command), command.summary()]).sort());
  });

  it("names only commands and options that there are", () => {
    const shown = [...page.matchAll(/```sh\n(.+?)```/gs)].flatMap(([, code]) => code!.split("\n"));
    const called = [...shown, ...[...page.matchAll(/`(rescdn [^`|]+)`/g)].map(([, text]) => text!)];
    const names = commands.map(nameOf);
    for (const line of called.filter((text) => /(?:^|<\()rescdn /.test(text))) {
      const words = line
        .replace(/^.*?(?=rescdn )/, "")
        .replace(/\s+#.*/, "")
        .split(/\s+/);
      const name = names.find((one) => one === words.slice(0, one.split(" ").length).join(" "));
      if (name === undefined) expect([line, words[1]]).toEqual([line, "--help"]);
      const options = everyCommand(createProgram()).find((command) => nameOf(command) === name)?.options ?? [];
      for (const word of words.filter((one) => /^--\w/.test(one) && name !== undefined))
        expect(
          options.map(({ long }) => long),
          line,
        ).toContain(word.replace(/\)$/, ""));
    }
  });
});

describe("--help", () => {
  it("of every command has an example that calls it, with options that it has", () => {
    for (const command of commands) {
      const lines: string[] = [];
      command.configureOutput({ writeOut: (text) => lines.push(...text.split("\n")) }).outputHelp();
      const examples = lines.filter((line) => /^ {2}\$ /.test(line));
      expect(examples.length, nameOf(command)).toBeGreaterThan(0);
      const known = command.options.map(({ long }) => long);
      for (const example of examples) {
        expect(example).toContain(nameOf(command));
        const own = example.slice(example.indexOf(nameOf(command))).split(/ [|#>] /)[0]!;
        for (const [option] of own.matchAll(/(?<= )--[\w-]+/g)) expect(known, example).toContain(option);
      }
    }
  });
});
