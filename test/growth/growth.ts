/** The longest text that reaches a parser: a head of 64 KiB, bytes. */
const LONGEST = 65_536;
const DOUBLINGS = 4;

/** What reads the longest text faster than this is no way to hold anybody up, ms. */
const HARMLESS_MS = 1;

/**
 * How many times the work may become when the text becomes twice as long. Work that grows with the square becomes four times as
 * much. A sort and a larger heap take their share.
 */
const MOST_GROWTH = 2.75;

/** A busy machine takes its share of a round, not of each; what takes long is measured well enough by three. */
const ROUNDS = 25;
const LONG_MS = 200;

/** Whether the work grows faster than the text: on a busy machine only what is found again counts. */
export function growsTooFast(parse: (text: string) => unknown, piece: string): boolean {
  return [1, 2, 3].every(() => growth(parse, piece) > MOST_GROWTH);
}

/**
 * How many times the work becomes when a text becomes twice as long, up to the longest text: the second least of four doublings,
 * by the least times of several rounds. Work that grows with the square does so at each doubling but perhaps the first; memory
 * that the allocator takes from the system anew each time, as it does for large texts, makes itself felt at one or two of them.
 * 0 where the longest text takes next to nothing.
 *
 * Each text is read as many times as it takes to have read as much: then all leave as much to collect.
 *
 * @param piece is repeated to make the texts
 */
function growth(parse: (text: string) => unknown, piece: string): number {
  const readings = Array.from({ length: DOUBLINGS + 1 }, (_, halvings) => ({
    text: piece.repeat(Math.floor(LONGEST / 2 ** halvings / piece.length)),
    times: 2 ** halvings,
    least: Number.POSITIVE_INFINITY,
  }));
  const [longest] = readings;
  let found = 0;
  for (let round = 0; round < (longest!.least > LONG_MS ? 3 : ROUNDS); round++) {
    for (const reading of readings) {
      reading.least = Math.min(reading.least, timeOf(parse, reading.text, reading.times));
      if (longest!.least < HARMLESS_MS) return 0;
    }
    const growths = readings.slice(1).map(({ least }, i) => (2 * readings[i]!.least) / least);
    found = growths.toSorted((a, b) => a - b)[1]!;
    if (found <= MOST_GROWTH) break;
  }
  return found;
}

/** ms of the clock. A thread's own time would leave out what others do, but some kernels count it in steps of four. */
function timeOf(parse: (text: string) => unknown, text: string, times: number): number {
  const before = performance.now();
  for (let i = 0; i < times; i++) {
    try {
      parse(text);
    } catch {
      // A refusal is an answer.
    }
  }
  return performance.now() - before;
}
