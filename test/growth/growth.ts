/** The longest text that reaches a parser: a head of 64 KiB, bytes. */
const LONGEST = 65_536;
const DOUBLINGS = 3;

/** What reads the longest text faster than this is no way to hold anybody up, ms. */
const HARMLESS_MS = 1;

/**
 * How many times the work may become when the text becomes twice as long. Work that grows with the square becomes four times as
 * much. A sort, a larger heap, and memory that the allocator gives back to the system and asks for again take their share.
 */
const MOST_GROWTH = 3;

/** A busy machine takes its share of a round, not of each; what takes long is measured well enough by three. */
const ROUNDS = 25;
const LONG_MS = 200;

/** Whether the work grows faster than the text: on a busy machine only what is found again counts. */
export function growsTooFast(parse: (text: string) => unknown, piece: string): boolean {
  return [1, 2, 3].every(() => growth(parse, piece) > MOST_GROWTH);
}

/**
 * How many times the work becomes each time that a text becomes twice as long, up to the longest text: the least time of several
 * rounds. 0 where the longest text takes next to nothing.
 *
 * The short text is read as many times as it takes to have read as much: then both leave as much to collect.
 *
 * @param piece is repeated to make the text
 */
function growth(parse: (text: string) => unknown, piece: string): number {
  const textOf = (length: number) => piece.repeat(Math.floor(length / piece.length));
  const [short, long] = [textOf(LONGEST / 2 ** DOUBLINGS), textOf(LONGEST)];
  let [least, leastOfLong] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let found = 0;
  for (let round = 0; round < (leastOfLong > LONG_MS ? 3 : ROUNDS); round++) {
    leastOfLong = Math.min(leastOfLong, timeOf(parse, long, 1));
    if (leastOfLong < HARMLESS_MS) return 0;
    least = Math.min(least, timeOf(parse, short, 2 ** DOUBLINGS));
    found = 2 * (leastOfLong / least) ** (1 / DOUBLINGS);
    if (found <= MOST_GROWTH) break;
  }
  return found;
}

/** ms of the thread's own time: what others do on the machine meanwhile does not count. */
function timeOf(parse: (text: string) => unknown, text: string, times: number): number {
  const before = process.threadCpuUsage();
  for (let i = 0; i < times; i++) {
    try {
      parse(text);
    } catch {
      // A refusal is an answer.
    }
  }
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
