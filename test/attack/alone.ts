import { pass } from "../support/edge.ts";
import { initOf, type PlainRequest } from "./plain.ts";
import { essence, received } from "./received.ts";
import { Stage } from "./stage.ts";
import type { ZoneKind } from "./zones.ts";

/** What of a plain request decides its answer. */
export type PlainQuestion = Pick<PlainRequest, "shape" | "signed"> & { path: string; query: string };

/** What else plain clients, and nobody else, may have asked for before: it may be out of the cache or straight from the origin. */
const BEFORE: readonly (readonly (Pick<PlainRequest, "shape" | "signed"> | number | "same")[])[] = [
  [],
  ["same"],
  [{ shape: "whole", signed: false }],
  [{ shape: "whole", signed: true }],
  [{ shape: "start", signed: false }],
  [
    { shape: "gzip", signed: false },
    { shape: "whole", signed: false },
  ],
  [{ shape: "whole", signed: false }, 65],
  [{ shape: "whole", signed: true }, 65],
  [{ shape: "head", signed: false }],
  [{ shape: "rest", signed: false }],
];

/**
 * The model: the edge without the hostile client. Whatever the plain client is answered, it must be what it could have been
 * answered had there been nobody but plain clients.
 */
export class Alone {
  readonly #answers = new Map<string, string[]>();

  /** Null: the answer is one of those; else those. */
  async refutes(kind: ZoneKind, question: PlainQuestion, answer: string): Promise<string[] | null> {
    const key = JSON.stringify([kind, question]);
    const known = this.#answers.get(key) ?? [];
    this.#answers.set(key, known);
    if (known.includes(answer)) return null;
    // Each way is gone once.
    while (known.length < BEFORE.length) {
      const given = await answerAfter(BEFORE[known.length]!, kind, question);
      known.push(given);
      if (given === answer) return null;
    }
    return [...new Set(known)];
  }
}

async function answerAfter(before: (typeof BEFORE)[number], kind: ZoneKind, question: PlainQuestion): Promise<string> {
  const { zone } = await Stage.set(kind);
  const ask = (request: Pick<PlainRequest, "shape" | "signed">) =>
    received(zone.get(question.path + question.query, { ...initOf(request), redirect: "manual" }));
  for (const step of before) {
    if (typeof step === "number") pass(step);
    else await ask(step === "same" ? question : step);
  }
  return essence(await ask(question));
}
