import { WORDS, type Word } from "../../why/words.ts";

const GROUPS = {
  cache: "Served by the cache, but not as an ordinary hit",
  store: "Not stored",
  pass: "Passed by the cache",
  policy: "Answered by the zone itself",
  refusal: "Refused",
  origin: "The origin failed",
  tier: "The upper tier did not help",
} as const satisfies Record<Word["of"], string>;

const BEGIN = "<!-- words: written by npm run guide-words -->\n";
const END = "<!-- /words -->";

/** A guide's text with every word of `Cache-Status`, as the code explains it, between its two marks. */
export function withWords(guide: string): string {
  const [begin, end] = [guide.indexOf(BEGIN), guide.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`it needs the lines ${BEGIN.trim()} and ${END}`);
  return `${guide.slice(0, begin + BEGIN.length)}\n${wordsSection()}\n${guide.slice(end)}`;
}

function wordsSection(): string {
  const all: [string, Word][] = Object.entries(WORDS);
  return Object.entries(GROUPS)
    .flatMap(([group, title]) => [
      `## ${title}`,
      ...all.filter(([, { of }]) => of === group).map(([name, word]) => partOf(name, word)),
    ])
    .join("\n\n")
    .concat("\n");
}

function partOf(name: string, { means, law, setting, cure }: Word): string {
  const behind = [
    ...(setting === null ? [] : [`Setting: \`${setting}\`.`]),
    ...(law === null ? [] : [`Asked for by ${law}.`]),
  ];
  return [`### \`${name}\``, means, `**What to do:** ${cure}`, ...(behind.length === 0 ? [] : [behind.join(" ")])].join(
    "\n\n",
  );
}
