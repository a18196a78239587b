import type { ToldWord } from "./report.ts";
import { type CacheWord, WORDS } from "./words.ts";

/** A reason as a word with what it means; null: it is no word of ours. */
export function toldWord(reason: string | null): ToldWord | null {
  if (reason === null || !Object.hasOwn(WORDS, reason)) return null;
  const word = reason as CacheWord;
  return { word, ...WORDS[word] };
}
