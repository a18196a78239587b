/**
 * A pattern in which `*` stands for any run of characters. Each star takes as little as it can, from left to right, and the
 * last takes what is left. That finds a match wherever there is one, and never looks at a character twice, so the time is
 * linear in pattern and text, whatever they contain.
 */
export class Glob {
  /** How many stars it has. */
  readonly stars: number;
  readonly #first: string;
  readonly #middle: readonly Needle[];
  readonly #last: string;

  constructor(pattern: string) {
    const parts = pattern.split("*");
    this.stars = parts.length - 1;
    this.#first = parts[0]!;
    this.#last = this.stars === 0 ? "" : parts.at(-1)!;
    this.#middle = parts.slice(1, -1).map((part) => new Needle(part));
  }

  matches(text: string): boolean {
    return this.#walk(text, null);
  }

  /** What the stars stand for; null: the text does not match. */
  captures(text: string): string[] | null {
    const found: string[] = [];
    return this.#walk(text, found) ? found : null;
  }

  #walk(text: string, found: string[] | null): boolean {
    if (this.stars === 0) return text === this.#first;
    const end = text.length - this.#last.length;
    let at = this.#first.length;
    if (end < at || !text.startsWith(this.#first) || !text.endsWith(this.#last)) return false;
    for (const needle of this.#middle) {
      const start = needle.find(text, at);
      const next = start + needle.length;
      if (start === -1 || next > end) return false;
      found?.push(text.slice(at, start));
      at = next;
    }
    found?.push(text.slice(at, end));
    return true;
  }
}

/** Up to this length, the platform's own search repeats next to no work (characters). */
const SHORT = 6;

/**
 * A text to search for, by Knuth, Morris and Pratt: in the worst case, the platform's search takes the product of both lengths.
 */
class Needle {
  readonly length: number;
  readonly #text: string;
  /** For each position, the length of the beginning that ends there. */
  readonly #borders: Uint16Array;

  constructor(text: string) {
    this.#text = text;
    this.length = text.length;
    this.#borders = new Uint16Array(text.length);
    for (let at = 1, border = 0; at < text.length; at++) {
      while (border > 0 && text[at] !== text[border]) border = this.#borders[border - 1]!;
      if (text[at] === text[border]) border++;
      this.#borders[at] = border;
    }
  }

  /** Its first position at or after `from`; -1: it does not occur. */
  find(text: string, from: number): number {
    if (this.length <= SHORT) return text.indexOf(this.#text, from);
    let matched = 0;
    for (let at = from; at < text.length; at++) {
      const char = text.charCodeAt(at);
      while (matched > 0 && char !== this.#text.charCodeAt(matched)) matched = this.#borders[matched - 1]!;
      if (char === this.#text.charCodeAt(matched)) matched++;
      if (matched === this.length) return at - matched + 1;
    }
    return -1;
  }
}
