import { handleApi as handle } from "../../src/api/app.ts";
import type { Env } from "../../src/env.ts";
import type { Inspector } from "../../src/why/report.ts";

const NO_EDGE: Inspector = {
  why: async () => null,
  checkOrigin: () => Promise.reject(new Error("this test has no edge")),
  originHealth: async () => null,
};

/** Only the API, without an edge to ask. */
export function handleApi(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  return handle(request, env, ctx, NO_EDGE);
}
