/**
 * Runs the product with meters that fail: of 2 × `METER_FAILS_EVERY` calls that add a batch, one is refused before it
 * reaches the meter, and one reaches it and its answer is lost. `/.meter` says how many calls there were, and how many
 * failed in which way.
 */
import worker from "counted-worker";

export * from "counted-worker";

interface Stub {
  add(batch: unknown, generation: number): Promise<unknown>;
  report(owner: string, query: unknown): Promise<unknown>;
  topPaths(owner: string, zone: string, day: number): Promise<unknown>;
}
interface Meters {
  getByName(name: string): Stub;
}
interface Bindings {
  LOCATION_METER: Meters;
  METER_FAILS_EVERY: string;
}

const calls = { all: 0, refused: 0, unanswered: 0 };
let wrapped: Bindings | null = null;

export default {
  ...worker,
  fetch(request: Request, env: Bindings, context: unknown): Response | Promise<Response> {
    if (new URL(request.url).pathname === "/.meter") return Response.json(calls);
    wrapped ??= { ...env, LOCATION_METER: failing(env.LOCATION_METER, Number(env.METER_FAILS_EVERY)) };
    return worker.fetch(request, wrapped, context);
  },
};

function failing(meters: Meters, every: number): Meters {
  return { getByName: (name) => failingStub(meters.getByName(name), every) };
}

function failingStub(stub: Stub, every: number): Stub {
  const add = async (batch: unknown, generation: number) => {
    const turn = ++calls.all % (2 * every);
    if (turn === Math.ceil(every / 2)) {
      calls.refused++;
      throw new Error("the meter cannot be reached");
    }
    const receipt = await stub.add(batch, generation);
    if (turn === every + Math.ceil(every / 2)) {
      calls.unanswered++;
      throw new Error("the meter's answer was lost");
    }
    return receipt;
  };
  // A stub makes each method when it is asked for, and takes no other `this`.
  return {
    add,
    report: (owner, query) => stub.report(owner, query),
    topPaths: (owner, zone, day) => stub.topPaths(owner, zone, day),
  };
}
