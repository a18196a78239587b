import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { stripVTControlCharacters, styleText } from "node:util";
import { Failed, misused } from "./failed.ts";

type Style = Parameters<typeof styleText>[0];

/** Colours a text if the standard output shows colours (https://no-color.org). */
export function coloured(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** Writes lines to the standard output. */
export function print(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** Says something beside the output, which a pipe does not get. */
export function note(text: string): void {
  clearProgress();
  process.stderr.write(`${text}\n`);
}

let isProgressShown = false;

/** Shows on the terminal how far long work is; the next output replaces it. */
export function progress(text: string): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r\u001b[K${text}`);
  isProgressShown = true;
}

/** Removes what {@link progress} has shown. */
export function clearProgress(): void {
  if (isProgressShown) process.stderr.write("\r\u001b[K");
  isProgressShown = false;
}

/** Somebody else's text, without anything that would control the terminal. */
export function plain(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "\ufffd");
}

/** Columns for a terminal, as wide as their content. Numbers are aligned right. */
export function table(head: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  if (rows.length === 0) return "None.";
  const texts = rows.map((row) => row.map((cell) => (cell === null ? "-" : String(cell))));
  const widths = head.map((name, column) =>
    Math.max(name.length, ...texts.map((row) => shownLength(row[column] ?? ""))),
  );
  const isRight = head.map((_, column) => texts.every((row) => FIGURE.test(row[column] ?? "")));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        const gap = " ".repeat(Math.max(0, widths[column]! - shownLength(cell)));
        return isRight[column] ? gap + cell : cell + gap;
      })
      .join("  ")
      .trimEnd();
  return [coloured("bold", line(head.map((name) => name.toUpperCase()))), ...texts.map(line)].join("\n");
}

/** Names and their values, one per line. */
export function facts(pairs: readonly (readonly [string, string | number | null])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${coloured("dim", name.padEnd(width))}  ${value ?? "-"}`).join("\n");
}

const FIGURE = /^(?:-|[\d.,]+(?: (?:[kMGTP]?B|%))?)$/;

const shownLength = (text: string) => stripVTControlCharacters(text).length;

/** Asks before something is destroyed. @throws if nobody can be asked, or the answer is no */
export async function confirm(question: string, isAgreed: boolean | undefined): Promise<void> {
  if (isAgreed) return;
  if (!process.stdin.isTTY)
    throw misused(`${question} There is nobody to ask here.`, "add --yes to go on without being asked");
  if (!/^y(es)?$/i.test(await ask(`${question} [y/N] `))) throw new Failed("nothing was done");
}

/** Asks for a line. @param isHidden whether the terminal hides what is typed @throws if there is none */
export async function ask(question: string, isHidden = false): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = isHidden
    ? createInterface({ input: process.stdin, output: nowhere, terminal: true })
    : createInterface({ input: process.stdin, output: process.stderr });
  // The question comes after the terminal hides its input, so that whoever pastes can do so as soon as they see it.
  if (isHidden) process.stderr.write(question);
  terminal.once("SIGINT", () => process.exit(130));
  const { promise: ended, reject } = Promise.withResolvers<never>();
  terminal.once("close", () => reject(new Failed("nothing was typed")));
  try {
    return (await Promise.race([terminal.question(isHidden ? "" : question), ended])).trim();
  } finally {
    terminal.close();
    if (isHidden) process.stderr.write("\n");
  }
}
