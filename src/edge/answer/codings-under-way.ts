import { inTime } from "../../memo/within.ts";
import { CodingBudget } from "./coding-budget.ts";

/** No request waits longer than this, ms. */
const PATIENCE_MS = 10_000;

/** For the isolate. Each is a stream, so it costs time rather than memory. */
const budget = new CodingBudget({ bodies: 4, bytes: 67_108_864 });

/** A coding that is older than this must have been ended by the platform without notice, ms. */
const LONGEST_MS = 60_000;

/** The large bodies that are being coded, by name. */
const underWay = new Map<string, { coming: Promise<boolean>; begunAt: number }>();

/**
 * Codes a large body once, however many requests ask for it meanwhile. False if that fails: too much is being coded, or it
 * takes too long.
 *
 * @param size the body's length, bytes
 * @param now ms since the epoch
 * @param code is never cancelled, since its result is for all
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

  /** Others wait for a separate promise, not for this request's own I/O. */
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
