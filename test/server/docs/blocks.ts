/** A block of code of a guide. */
export interface Block {
  language: string;
  /** The line of the guide that its first line is. */
  line: number;
  code: string;
  /** Why it is not run, where the guide says so; null: it is run. */
  notRun: string | null;
}

/** What a guide shows below commands: what the last of them answers. */
export type Shown = Block & { language: "json" | "http" };

/** Commands that a reader copies. */
export interface CommandBlock extends Block {
  /** Null: nothing stands directly below. */
  answer: Shown | null;
}

const FENCE = /^(`{3,})(\S*)\s*$/;
const NOT_RUN = /^<!-- not run: (.+?) -->$/;

/** The blocks of commands in a guide's Markdown (those of `sh`), with what stands directly below each. */
export function commandBlocksOf(markdown: string): CommandBlock[] {
  const lines = markdown.split("\n");
  const blocks: { block: Block; end: number }[] = [];
  for (let at = 0; at < lines.length; at++) {
    const [, fence, language = ""] = FENCE.exec(lines[at]!) ?? [];
    if (fence === undefined) continue;
    const end = lines.indexOf(fence, at + 1);
    if (end === -1) throw new Error(`line ${at + 1}: a block of code does not end`);
    const above = lines.slice(0, at).findLast((line) => line.trim() !== "") ?? "";
    const [, notRun = null] = NOT_RUN.exec(above) ?? [];
    blocks.push({ block: { language, line: at + 2, code: lines.slice(at + 1, end).join("\n"), notRun }, end });
    at = end;
  }
  return blocks.flatMap(({ block, end }, index) => {
    if (block.language !== "sh") return [];
    const next = blocks[index + 1]?.block;
    const isBelow = next !== undefined && lines.slice(end + 1, next.line - 2).every((line) => line.trim() === "");
    return [{ ...block, answer: isBelow && isShown(next) ? next : null }];
  });
}

function isShown(block: Block): block is Shown {
  return block.language === "json" || block.language === "http";
}

/** One command of a block, which may be of several lines. */
export interface Command {
  line: number;
  text: string;
  /** What it ends with by the comment behind it: the status of an HTTP answer, or an exit code. Null: with success. */
  expected: { status: number } | { code: number } | null;
}

/**
 * The commands of a block.
 *
 * @param isWhole whether a shell takes a text as it is, without waiting for more
 */
export function commandsOf({ code, line }: Block, isWhole: (text: string) => boolean): Command[] {
  const commands: Command[] = [];
  let text = "";
  for (const [index, next] of code.split("\n").entries()) {
    if (text === "" && /^\s*(?:#|$)/.test(next)) continue;
    const first = text === "" ? index : index - text.split("\n").length;
    text = text === "" ? next : `${text}\n${next}`;
    if (next.endsWith("\\") || !isWhole(text)) continue;
    commands.push({ line: line + first, text, expected: expectedOf(next) });
    text = "";
  }
  if (text !== "") throw new Error(`line ${line}: a command does not end: ${text}`);
  return commands;
}

function expectedOf(lastLine: string): Command["expected"] {
  const [, status, code] = /\s#\s*(?:([1-5]\d\d)\b|exit code (\d+))/.exec(lastLine) ?? [];
  if (status !== undefined) return { status: Number(status) };
  return code === undefined ? null : { code: Number(code) };
}
