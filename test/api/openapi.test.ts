import { describe, expect, it } from "vitest";
import { call, moveClockWithCalls } from "../support/control-plane.ts";
import {
  documentsOfApi,
  expectDocumented,
  type Media,
  type Operation,
  violationsOfSchema,
} from "../support/documented.ts";
import { operationsOfApi } from "../support/operations.ts";

const documents = await documentsOfApi();
const operations = (await operationsOfApi()).map(({ path, ...rest }) => ({
  ...rest,
  path: path.replaceAll(/\{\w+\}/g, "missing"),
}));

moveClockWithCalls();

/** Answered in DNS's own way: with a message whatever it says, or a refusal in plain text. */
const dns = ["/dns-query", "/resolve"];

/** The JSON bodies of a request and of its answers. */
function jsonBodiesOf({ requestBody, responses }: Operation): Media[] {
  return [requestBody, ...Object.values(responses)].flatMap((part) =>
    Object.entries(part?.content ?? {}).flatMap(([type, media]) => (type.endsWith("json") ? [media] : [])),
  );
}

/** Where in a schema there is one with fields that is none of the document's components. */
function namelessIn(schema: unknown, at: string, named = true): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const here = !named && "properties" in schema ? [at] : [];
  const below = Object.entries(schema).flatMap(([name, part]) => {
    if (name === "example" || name === "enum") return [];
    if (name === "properties")
      return Object.entries(part).flatMap(([field, each]) => namelessIn(each, `${at}.${field}`, false));
    return namelessIn(part, `${at}/${name}`, false);
  });
  return [...here, ...below];
}

function statusesOf({ responses }: Operation): string[] {
  return Object.keys(responses);
}

describe.each(operations)("$title", ({ method, path, operation, document, security }) => {
  it("has a summary, a description, a tag of its document, and says whether it needs a key", () => {
    expect(operation.operationId).toMatch(/^[a-z]\w+$/);
    expect(operation.summary).toMatch(/\S/);
    expect(operation.description).toMatch(/\S/);
    expect(operation.tags).toHaveLength(1);
    expect(document.tags?.map(({ name }) => name)).toContain(operation.tags![0]);
    expect(operation.security).toBeDefined();
    for (const requirement of operation.security!)
      for (const scheme of Object.keys(requirement)) expect(document.components.securitySchemes).toHaveProperty(scheme);
  });

  it("documents what its guards and its validation answer", () => {
    const statuses = statusesOf(operation);
    expect(statuses.filter((status) => /^[23]/.test(status))).not.toEqual([]);
    if (security !== null) expect(statuses).toEqual(expect.arrayContaining(["401", "429", "500"]));
    if (security !== null && security.scopes.length > 0) expect(statuses).toContain("403");
    if (operation.requestBody) expect(statuses).toEqual(expect.arrayContaining(["400", "413", "415"]));
    if (method === "POST" && security !== null && security.scopes.length > 0) {
      expect(operation.parameters?.map(({ name }) => name)).toContain("Idempotency-Key");
      expect(statuses).toEqual(expect.arrayContaining(["409", "413", "422"]));
    }
    if (dns.includes(path)) return;
    if (operation.requestBody) expect(statuses).toContain("422");
    if (operation.parameters?.some((parameter) => parameter.in === "query")) expect(statuses).toContain("422");
    if (operation.parameters?.some((parameter) => parameter.in === "path")) expect(statuses).toContain("404");
  });

  it("describes each parameter and each error", () => {
    for (const { schema, ...parameter } of operation.parameters ?? [])
      expect({ ...schema, ...parameter }).toHaveProperty("description", expect.stringMatching(/\S/));
    for (const [status, answer] of Object.entries(operation.responses))
      if (/^[45]/.test(status))
        expect(Object.keys(answer.content ?? {})).toEqual([path === "/dns-query" ? "text/plain" : "application/json"]);
  });

  it("names the schema of each JSON body, and shows an example that it takes", () => {
    for (const { schema, example } of jsonBodiesOf(operation)) {
      expect(Object.keys(schema)).toEqual(["$ref"]);
      expect(example).toBeDefined();
      expect(violationsOfSchema(document, schema, example)).toEqual([]);
    }
  });

  it("spells header fields as they are usually spelled", () => {
    const names = [operation, ...Object.values(operation.responses)].flatMap((part) =>
      "parameters" in part
        ? (part.parameters ?? []).filter((parameter) => parameter.in === "header").map(({ name }) => name)
        : Object.keys(("headers" in part && part.headers) || {}),
    );
    for (const name of names)
      expect(name).toMatch(/^(ETag|WWW-Authenticate|RateLimit(-Policy)?|X-RateLimit-\w+|[A-Z][a-z]*(-[A-Z][a-z]+)*)$/);
  });

  it("answers who shows no key as it says", async () => {
    const { status } = await call(path, { method, ...(operation.requestBody && { body: {} }) });
    expect(status === 401).toBe(security !== null);
  });
});

describe.each(documents)("a document of the API", (document) => {
  it("is of OpenAPI 3.1 and names each operation once", () => {
    expect(document.openapi).toBe("3.1.0");
    const names = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(names).toEqual([...new Set(names)]);
  });

  it("names every schema that has fields", () => {
    expect(Object.entries(document.components.schemas).flatMap(([name, schema]) => namelessIn(schema, name))).toEqual(
      [],
    );
  });

  it("gives no default that makers of clients take for a field that is always there", () => {
    expect(JSON.stringify(document.components.schemas)).not.toContain('"default":');
  });

  it("refers only to what it has", () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/([\w-]+)"/g)];
    expect(references.length).toBeGreaterThan(0);
    for (const [, kind, name] of references) expect(document.components[kind as "schemas"]).toHaveProperty([name!]);
  });
});

describe("expectDocumented(), which holds every call of these tests to the document", () => {
  const json = { "content-type": "application/json", "x-request-id": "req_1" };
  const zones = { zones: [], next_cursor: null };
  const limits = { ratelimit: "x", "ratelimit-policy": "x" };
  const listed = (status: number, body: unknown, headers: Record<string, string> = json, path = "/v1/zones") =>
    expectDocumented({
      method: "GET",
      path,
      headers: new Headers(),
      body: null,
      answer: new Response(JSON.stringify(body), { status, headers: { ...limits, ...headers } }),
    });

  it("lets pass what is documented", async () => {
    await listed(200, zones);
    await listed(404, {}, json, "/v1/no-such-path");
  });

  it.each([
    ["a status", () => listed(202, zones), "the status is none of"],
    ["a media type", () => listed(200, zones, { ...json, "content-type": "text/html" }), "the media type text/html"],
    ["a missing field", () => listed(200, { zones: [] }), "next_cursor"],
    ["a field more", () => listed(200, { ...zones, secret: 1 }), "secret"],
    ["a field more, deep inside", () => listed(429, { error: "", code: "", details: [{ extra: 1 }] }), "extra"],
    ["a type", () => listed(200, { ...zones, next_cursor: 1 }), "next_cursor"],
    ["a missing header", () => listed(200, zones, { "content-type": "application/json" }), "header X-Request-Id"],
    ["a parameter", () => listed(200, zones, json, "/v1/zones?limit=none"), "query parameter limit"],
    ["a path", () => listed(200, {}, json, "/v1/no-such-path"), "there is no such operation"],
  ])("fails over %s that is not", async (_, made, says) => {
    await expect(made()).rejects.toThrow(says);
  });
});
