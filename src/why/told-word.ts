import type { ToldWord } from "./report.ts";
import { type CacheWord, WORDS } from "./words.ts";

/** A reason as a word with its meaning; null: it is not one of our words. */
export function toldWord(reason: string | null): ToldWord | null {
  if (reason === null || !Object.hasOwn(WORDS, reason)) return null;
  const word = reason as CacheWord;
  return { word, ...WORDS[word] };
}
