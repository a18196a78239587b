/** The result of a change. `busy`: each time, somebody else made a change in between. */
export type Change<Changed> = { kind: "changed"; changed: Changed } | { kind: "missing" } | { kind: "busy" };

/** Of several simultaneous attempts one always succeeds, so this many can be made at once. */
const ATTEMPTS = 25;

/**
 * Changes a row only if it is still as it was found. If somebody else has changed it since, it is found again.
 *
 * @param write returns null if the row is no longer as it was found
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
