import { parseArgs } from "node:util";
import { fail } from "../../src/server/command.ts";

/** `store` and `miss` are the parts of `compare` about hits and misses of the Cache API. */
const PARTS = [
  "compare",
  "store",
  "miss",
  "kinds",
  "memory",
  "pauses",
  "cores",
  "counts",
  "growth",
  "dns",
  "tail",
  "startup",
  "dashboard",
] as const;

/** The options in the command's arguments. */
export interface Options {
  /** How many turns each contender gets. */
  rounds: number;
  /** Length of one turn. */
  seconds: number;
  parts: ReadonlySet<(typeof PARTS)[number]>;
  /** A part of the names of contenders to run besides ours and the constant answer, and of kinds of hits; empty: all. */
  only: string;
  /** The numbers of zones and of objects in the growth table. */
  growth: { zones: readonly number[]; objects: readonly number[] };
}

const USAGE = `usage: npm run bench -- [--rounds 5] [--seconds 4] [--quick] [--only NAME] [--parts ${PARTS.join()}]`;

/** Parses the command's arguments; invalid ones end the command with one line and its usage. */
export function optionsFrom(args: string[]): Options {
  try {
    const { values } = parseArgs({
      args,
      options: {
        rounds: { type: "string" },
        seconds: { type: "string" },
        quick: { type: "boolean", default: false },
        only: { type: "string", default: "" },
        parts: { type: "string", default: PARTS.join() },
      },
    });
    const { quick, only } = values;
    return {
      rounds: wholeNumber(values.rounds ?? (quick ? "1" : "5"), 1, 100),
      seconds: wholeNumber(values.seconds ?? (quick ? "1" : "4"), 1, 60),
      parts: new Set(values.parts.split(",").map(partNamed)),
      only,
      growth: quick
        ? { zones: [1, 100, 1_000], objects: [1, 100, 1_000] }
        : { zones: [1, 1_000, 100_000], objects: [1, 10_000, 100_000] },
    };
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}

function wholeNumber(text: string, least: number, most: number): number {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new Error(`"${text}" is not a whole number from ${least} to ${most}`);
}

function partNamed(name: string): (typeof PARTS)[number] {
  const part = PARTS.find((known) => known === name);
  if (part === undefined) throw new Error(`"${name}" is no part of the bench`);
  return part;
}
