import type { OpenAPIHono } from "@hono/zod-openapi";

/** An OpenAPI document as the app generates it. */
export type Document = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;
type Header = { description: string; schema: { type: "string" | "integer" }; required?: true };

const HEADERS = {
  "X-Request-Id": { description: "Identifies this request in our logs.", schema: { type: "string" }, required: true },
  RateLimit: { description: "`r`: requests that remain; `t`: seconds until more do.", schema: { type: "string" } },
  "RateLimit-Policy": { description: "`q`: requests allowed in `w` seconds.", schema: { type: "string" } },
  "X-RateLimit-Limit": { description: "Requests allowed in the window.", schema: { type: "integer" } },
  "X-RateLimit-Remaining": { description: "Requests that remain in it.", schema: { type: "integer" } },
  "X-RateLimit-Reset": { description: "When there will be more, in Unix time (seconds).", schema: { type: "integer" } },
  "Retry-After": { description: "Seconds to wait.", schema: { type: "integer" }, required: true },
  "WWW-Authenticate": { description: "What to authenticate with.", schema: { type: "string" }, required: true },
} as const satisfies Record<string, Header>;

const METHODS = ["get", "put", "post", "delete", "patch"] as const;
const REFERENCES = Object.fromEntries(
  Object.keys(HEADERS).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
) as Record<keyof typeof HEADERS, { $ref: string }>;

/**
 * Documents the headers that the guards set, on every answer that has them: those of `everyAnswer` and of the rate limit.
 *
 * @param without paths that are answered without the guards
 */
export function addCommonHeaders(document: Document, without: readonly string[] = []): Document {
  document.components = { ...document.components, headers: { ...document.components?.headers, ...HEADERS } };
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    if (without.includes(path)) continue;
    for (const method of METHODS) {
      const operation = item[method];
      if (operation === undefined) continue;
      const limited = (operation.security ?? []).length > 0;
      for (const [status, response] of Object.entries(operation.responses ?? {}))
        response.headers = { ...response.headers, ...headersOf(status, limited) };
    }
  }
  return document;
}

function headersOf(status: string, limited: boolean) {
  const { "Retry-After": retry, "WWW-Authenticate": challenge, "X-Request-Id": id, ...rateLimit } = REFERENCES;
  return {
    "X-Request-Id": id,
    ...(limited && rateLimit),
    ...(status === "429" && { "Retry-After": retry }),
    ...(status === "401" && { "WWW-Authenticate": challenge }),
  };
}
