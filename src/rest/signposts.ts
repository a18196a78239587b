import type { OpenAPIHono } from "@hono/zod-openapi";
import type { RestEnv } from "./context.ts";

/** Where those who look around find what there is. */
export interface Signpost {
  name: string;
  docs: string;
  openapi: string;
  /** The API itself. */
  api: string;
}

/** Answers paths at which there is nothing but the way to what there is. Needs no key. */
export function addSignposts(app: OpenAPIHono<RestEnv>, paths: readonly string[], signpost: Signpost): void {
  for (const path of paths) app.get(path, (c) => c.json(signpost));
}
