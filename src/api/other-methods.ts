import type { OpenAPIHono } from "@hono/zod-openapi";
import type { ApiEnv } from "./context.ts";
import { Problem } from "./errors.ts";

/** For every path of the API: 405 with `Allow` for the methods that it does not have. Comes after all routes. */
export function refuseOtherMethods(app: OpenAPIHono<ApiEnv>): void {
  const methods = new Map<string, string[]>([["/openapi.json", ["GET"]]]);
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== "route") continue;
    const path = definition.route.path.replaceAll(/\{(\w+)\}/g, ":$1");
    methods.set(path, [...(methods.get(path) ?? []), definition.route.method.toUpperCase()]);
  }
  for (const [path, allowed] of methods) {
    // A purge is the one GET that is not safe, so that its HEAD is refused.
    const all = allowed.includes("GET") && path !== "/v1/purge" ? [...allowed, "HEAD"] : allowed;
    app.all(path, () => {
      throw new Problem("method_not_allowed", { headers: { allow: all.join(", ") } });
    });
  }
}
