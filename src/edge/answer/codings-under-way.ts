import { inTime } from "../../memo/within.ts";
import { CodingBudget } from "./coding-budget.ts";

/** Nobody waits for longer, ms. */
const PATIENCE_MS = 10_000;

/** Of the isolate. Each is a stream: what it takes is time. */
const budget = new CodingBudget({ bodies: 4, bytes: 67_108_864 });

/** After so long the platform must have ended a coding without a word, ms. */
const LONGEST_MS = 60_000;

/** The large bodies that are being coded, by name. */
const underWay = new Map<string, { coming: Promise<boolean>; begunAt: number }>();

/**
 * Has a large body coded once, however many ask for it meanwhile. False where nothing comes of it: too much is being coded, or
 * it takes too long.
 *
 * @param size of the body, bytes
 * @param now ms since the epoch
 * @param code never cancelled; what it brings is for all
 */
export async function codeOnce(
  name: string,
  size: number,
  now: number,
  waitUntil: (work: Promise<unknown>) => void,
  code: () => Promise<void>,
): Promise<boolean> {
  const known = underWay.get(name);
  const coming = known !== undefined && now - known.begunAt <= LONGEST_MS ? known.coming : begin();
  if (coming === null) return false;

  /** Others wait for a promise of its own, not for what this request does. */
  function begin(): Promise<boolean> | null {
    const permit = budget.begin(size, now);
    if (permit === null) return null;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const entry = { coming: promise, begunAt: now };
    underWay.set(name, entry);
    const end = (isCoded: boolean) => {
      permit.end();
      if (underWay.get(name) === entry) underWay.delete(name);
      resolve(isCoded);
    };
    waitUntil(
      code().then(
        () => end(true),
        () => end(false),
      ),
    );
    return promise;
  }

  return (await inTime(PATIENCE_MS, coming)) === true;
}
