import { AsyncLocalStorage } from "node:async_hooks";
import { vi } from "vitest";
import worker from "../../src/worker.ts";

/** Carries a step's number from the client to the Worker's door, and no further. */
export const STEP_HEADER = "x-step";

const caller = new AsyncLocalStorage<number>();

/**
 * Lets the origin know for which step it is asked, without anything that the edge could see: what would tell requests apart
 * there is in the cache key, or keeps them from waiting for one another. The number goes along with the work that the
 * request begins, in the background too.
 */
export function followCallers(): void {
  const { fetch } = worker;
  vi.spyOn(worker, "fetch").mockImplementation((request, env, ctx) => {
    const headers = new Headers(request.headers);
    const step = Number(headers.get(STEP_HEADER));
    headers.delete(STEP_HEADER);
    return caller.run(step, () => fetch(new Request(request, { headers }), env, ctx));
  });
}

/** The step whose work is being done. */
export function callingStep(): number {
  const step = caller.getStore();
  if (step === undefined) throw new Error("the origin is asked for nobody");
  return step;
}
