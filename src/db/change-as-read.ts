/** What became of a change. `busy`: others made changes each time in between. */
export type Change<Changed> = { kind: "changed"; changed: Changed } | { kind: "missing" } | { kind: "busy" };

/** Of those who try at once one succeeds each time: so many can. */
const ATTEMPTS = 25;

/**
 * Changes what was found only as it was found: finds it anew where somebody else has changed it since.
 *
 * @param write gives null where the row is no longer as it was found
 */
export async function changeAsRead<Row, Changed>(
  find: () => Promise<Row | null>,
  write: (row: Row) => Promise<Changed | null>,
): Promise<Change<Changed>> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const row = await find();
    if (row === null) return { kind: "missing" };
    const changed = await write(row);
    if (changed !== null) return { kind: "changed", changed };
  }
  return { kind: "busy" };
}
