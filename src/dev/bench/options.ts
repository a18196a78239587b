import { parseArgs } from "node:util";
import { fail } from "../command.ts";

/** What the command's arguments ask for. */
export interface Options {
  /** How many times each contender's turn comes. */
  rounds: number;
  /** Length of one turn. */
  seconds: number;
  /** How large the growth tables become: numbers of zones, and of objects. */
  growth: { zones: readonly number[]; objects: readonly number[] };
  /** Part of the names of the contenders that run; empty: all. */
  only: string;
}

const USAGE = "usage: npm run bench -- [--rounds 5] [--seconds 4] [--only NAME] [--quick]";

/** Reads the command's arguments; what is no sensible number ends the command with one line. */
export function optionsFrom(args: string[]): Options {
  try {
    const { values } = parseArgs({
      args,
      options: {
        rounds: { type: "string" },
        seconds: { type: "string" },
        only: { type: "string", default: "" },
        quick: { type: "boolean", default: false },
      },
    });
    const { quick, only } = values;
    return {
      rounds: wholeNumber(values.rounds ?? (quick ? "1" : "5"), 1, 100),
      seconds: wholeNumber(values.seconds ?? (quick ? "1" : "4"), 1, 60),
      growth: quick
        ? { zones: [1, 100, 1_000], objects: [1, 100, 1_000] }
        : { zones: [1, 1_000, 100_000], objects: [1, 10_000, 100_000] },
      only,
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
