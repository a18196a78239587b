/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Which of `count` objects a reader asks for next: the nth about 1/n as often as the first (Zipf's law). */
export function zipf(count: number, random: () => number): () => number {
  const sums = Array.from({ length: count }, (_, index) => 1 / (index + 1));
  for (let index = 1; index < count; index++) sums[index]! += sums[index - 1]!;
  return () => {
    const at = random() * sums.at(-1)!;
    const found = sums.findIndex((sum) => sum >= at);
    return found === -1 ? count - 1 : found;
  };
}
