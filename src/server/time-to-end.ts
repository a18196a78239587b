/** How long a server may take to end once it is told to, ms: by default, supervisors kill after ten seconds. */
const TIME_TO_END_MS = 9_000;

/** How much of that time the processes that answer clients leave to the one that they deliver their counts to, ms. */
const FOR_CONTROL_MS = 1_000;

/** How much of a server's time to end is left, counted from now: for the processes that answer clients, and for all. */
export function timeToEnd(): { clients(): number; all(): number } {
  const until = performance.now() + TIME_TO_END_MS;
  const all = () => Math.max(0, until - performance.now());
  return { all, clients: () => Math.max(0, all() - FOR_CONTROL_MS) };
}
