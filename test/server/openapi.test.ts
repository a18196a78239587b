import { createRequire } from "node:module";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, expect, it } from "vitest";
import { request } from "./request.ts";
import { type ServeProcess, startServe } from "./serve-process.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const API = "api.rescdn.localhost";
const stateDir = temporaryFolder("openapi");
let server: ServeProcess;
let documents: { url: string; document: Record<string, unknown> }[];

beforeAll(async () => {
  server = await startServe({ STATE_DIR: stateDir });
  const get = async (path: string) => (await request(server.port, API, path)).body;
  documents = await Promise.all(
    ["/docs/api", "/docs/api/resolvedb"].map(async (path) => {
      const [, url = ""] = /rel="service-desc" href="(.+?)"/.exec(await get(path))!;
      return { url, document: JSON.parse(await get(url)) };
    }),
  );
});

afterAll(() => server?.stop());

// Both validators compile with eval, which workerd does not have.

it("every document that the reference shows is valid OpenAPI 3.1", async () => {
  expect(documents.length).toBeGreaterThan(0);
  for (const { url, document } of documents) {
    const validator = new Validator();
    expect({ url, ...(await validator.validate(structuredClone(document))) }).toEqual({ url, valid: true });
    expect(validator.version).toBe("3.1");
  }
});

it("the recommended rules of Redocly have nothing to say of them", async () => {
  // No file of rules and no network: what the package itself recommends.
  const config = await createConfig({ extends: ["recommended"] });
  const lint = async (document: object) =>
    (await lintFromString({ source: JSON.stringify(document), config })).map(
      ({ ruleId, message, location }) => `${ruleId}: ${message} (${location[0]?.pointer})`,
    );
  for (const { document } of documents) expect(await lint(document)).toEqual([]);
  const { info: _, ...nameless } = documents[0]!.document;
  expect(await lint(nameless)).not.toEqual([]);
});

it("every schema in them is valid JSON Schema 2020-12", () => {
  const ajv = schemaValidator();
  for (const { document } of documents) {
    const schemas = schemasOf(document);
    expect(schemas.length).toBeGreaterThan(10);
    for (const { at, schema } of schemas)
      expect({ at, valid: ajv.validateSchema(schema) }).toEqual({ at, valid: true });
  }
  expect(ajv.validateSchema({ type: "text" })).toBe(false);
});

/** The ajv of the OpenAPI validator, with the dialect of OpenAPI 3.1. */
function schemaValidator(): { validateSchema(schema: unknown): boolean } {
  const require = createRequire(import.meta.resolve("@seriousme/openapi-schema-validator"));
  const { default: Ajv2020 } = require("ajv/dist/2020.js");
  return new Ajv2020({ strict: false, logger: false });
}

/** Every schema of an OpenAPI document, with where it stands. */
function schemasOf(part: unknown, at = ""): { at: string; schema: unknown }[] {
  if (typeof part !== "object" || part === null) return [];
  return Object.entries(part).flatMap(([name, value]) => {
    const here = `${at}/${name}`;
    if (name === "schema") return [{ at: here, schema: value }];
    if (here === "/components/schemas")
      return Object.entries(value).map(([each, schema]) => ({ at: `${here}/${each}`, schema }));
    return schemasOf(value, here);
  });
}
