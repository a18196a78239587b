/** How long a server may take to end once it is told to, ms: supervisors that know no better kill after ten seconds. */
const TIME_TO_END_MS = 9_000;

/** What the processes that answer clients leave of it to the one that they deliver their counts to, ms. */
const FOR_CONTROL_MS = 1_000;

/** What is left, for those that answer clients and for all, of the time that a server has to end from now on. */
export function timeToEnd(): { clients(): number; all(): number } {
  const until = performance.now() + TIME_TO_END_MS;
  const all = () => Math.max(0, until - performance.now());
  return { all, clients: () => Math.max(0, all() - FOR_CONTROL_MS) };
}
