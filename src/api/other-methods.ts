import type { OpenAPIHono } from "@hono/zod-openapi";
import type { ApiEnv } from "./context.ts";
import { Problem } from "./errors.ts";

/** For every path of the API: 405 with `Allow` for the methods that it does not have. Comes after all routes. */
export function refuseOtherMethods(app: OpenAPIHono<ApiEnv>): void {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    if (method !== "ALL") methods.set(path, (methods.get(path) ?? new Set()).add(method));
  }
  for (const [path, allowed] of methods) {
    // A purge is the one GET that is not safe, so that its HEAD is refused.
    const all = [...allowed, ...(allowed.has("GET") && path !== "/v1/purge" ? ["HEAD"] : [])];
    app.all(path, () => {
      throw new Problem("method_not_allowed", { headers: { allow: all.join(", ") } });
    });
  }
}
