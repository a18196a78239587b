import type { OpenAPIHono } from "@hono/zod-openapi";
import type { RestEnv } from "./context.ts";

/**
 * Refuses the methods that a path of an API does not have, for every path. Comes after all routes.
 *
 * @param refusal makes the 405 with its `Allow`
 * @param unsafe paths whose GET changes something, so that their HEAD is refused (RFC 9110 §9.2.1)
 */
export function refuseOtherMethods(
  app: OpenAPIHono<RestEnv>,
  refusal: (headers: { allow: string }) => Error,
  unsafe: readonly string[] = [],
): void {
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    if (method !== "ALL") methods.set(path, (methods.get(path) ?? new Set()).add(method));
  }
  for (const [path, allowed] of methods) {
    const all = [...allowed, ...(allowed.has("GET") && !unsafe.includes(path) ? ["HEAD"] : [])];
    app.all(path, () => {
      throw refusal({ allow: all.join(", ") });
    });
  }
}
