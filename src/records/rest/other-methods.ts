import type { OpenAPIHono } from "@hono/zod-openapi";
import type { RestEnv } from "./context.ts";
import { RestProblem } from "./errors.ts";

/** For every path of the API: 405 with `Allow` for the methods that it does not have. Comes after all routes. */
export function refuseOtherMethods(app: OpenAPIHono<RestEnv>): void {
  const methods = new Map<string, string[]>();
  for (const definition of app.openAPIRegistry.definitions) {
    if (definition.type !== "route") continue;
    const path = definition.route.path.replaceAll(/\{(\w+)\}/g, ":$1");
    methods.set(path, [...(methods.get(path) ?? []), definition.route.method.toUpperCase()]);
  }
  for (const [path, allowed] of methods) {
    const all = allowed.includes("GET") ? [...allowed, "HEAD"] : allowed;
    app.all(path, () => {
      throw new RestProblem("method_not_allowed", { headers: { allow: all.join(", ") } });
    });
  }
}
