import { describe, expect, it } from "vitest";
import { call } from "../support/control-plane.ts";

interface Operation {
  security?: object[];
  responses: Record<string, { content?: object }>;
}

async function documentOfApi() {
  return (await call("/openapi.json")).json<{
    openapi: string;
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: object; securitySchemes: object };
  }>();
}

describe("GET /openapi.json", () => {
  it("describes every call with its statuses", async () => {
    const { openapi, paths } = await documentOfApi();
    expect(openapi).toBe("3.1.0");
    const calls = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, { responses }]) => [
        `${method.toUpperCase()} ${path}`,
        Object.keys(responses).join(" "),
      ]),
    );
    expect(Object.fromEntries(calls)).toEqual({
      "GET /health": "200",
      "GET /v1/zones": "200 401 403 422 429 500",
      "POST /v1/zones": "201 400 401 403 409 413 415 422 429 500 503",
      "GET /v1/zones/{id}": "200 304 401 403 404 412 429 500",
      "PATCH /v1/zones/{id}": "200 400 401 403 404 409 412 413 415 422 429 500 503",
      "DELETE /v1/zones/{id}": "204 401 403 404 409 412 429 500 503",
      "GET /v1/purges": "200 401 403 404 422 429 500",
      "GET /v1/purges/{id}": "200 401 403 404 429 500",
      "GET /v1/purge": "200 401 403 404 422 429 500 503",
      "POST /v1/purge": "200 400 401 403 404 409 413 415 422 429 500 503",
      "GET /v1/keys": "200 401 403 422 429 500",
      "POST /v1/keys": "201 400 401 403 409 413 415 422 429 500",
      "GET /v1/keys/{id}": "200 401 403 404 429 500",
      "DELETE /v1/keys/{id}": "204 401 403 404 429 500",
      "POST /v1/keys/{id}/rotate": "201 400 401 403 404 409 413 415 422 429 500",
      "GET /v1/me": "200 401 429 500",
      "GET /v1/audit": "200 401 403 422 429 500",
      "GET /v1/usage": "200 401 403 404 422 429 500",
      "GET /v1/usage/paths": "200 401 403 404 422 429 500",
      "POST /admin/accounts": "201 400 401 404 413 415 422 429 500",
    });
  });

  it("says of each call which key it takes", async () => {
    const { paths, components } = await documentOfApi();
    expect(Object.keys(components.securitySchemes)).toEqual(["key", "operator"]);
    for (const [path, operations] of Object.entries(paths)) {
      const expected = path === "/health" ? undefined : [{ [path.startsWith("/admin/") ? "operator" : "key"]: [] }];
      for (const { security } of Object.values(operations)) expect(security).toEqual(expected);
    }
  });

  it("refers only to schemas that it has", async () => {
    const document = await documentOfApi();
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(0);
    for (const [, name] of references) expect(Object.keys(document.components.schemas)).toContain(name);
  });
});
