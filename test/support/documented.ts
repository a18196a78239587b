import { exports } from "cloudflare:workers";
import { type Schema, Validator } from "@cfworker/json-schema";

interface Parameter {
  name: string;
  in: "path" | "query" | "header" | "cookie";
  required?: boolean;
  schema: Schema;
}

interface Header {
  required?: boolean;
  schema: Schema;
}

/** A body in an OpenAPI document. */
export interface Media {
  schema: Schema;
  example?: unknown;
}

interface Answer {
  content?: Record<string, Media>;
  headers?: Record<string, Header | { $ref: string }>;
}

/** A call in an OpenAPI document. */
export interface Operation {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, Media> };
  responses: Record<string, Answer>;
}

export interface ApiDocument {
  openapi: string;
  tags?: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    headers: Record<string, Header>;
    securitySchemes: Record<string, object>;
  };
}

interface Exchange {
  method: string;
  /** Including the query. */
  path: string;
  headers: Headers;
  /** As it was sent. */
  body: string | null;
  answer: Response;
}

const HOST = "http://api.rescdn.localhost";
let reading: Promise<ApiDocument[]> | null = null;

/** The documents that the reference shows, read only once. */
export function documentsOfApi(): Promise<ApiDocument[]> {
  reading ??= readDocuments();
  return reading;
}

async function readDocuments(): Promise<ApiDocument[]> {
  const get = (path: string) => exports.default.fetch(HOST + path);
  return Promise.all(
    ["/docs/api", "/docs/api/resolvedb"].map(async (path) => {
      const [, document] = /rel="service-desc" href="(.+?)"/.exec(await (await get(path)).text())!;
      return (await get(document!)).json<ApiDocument>();
    }),
  );
}

/** Throws if a request that succeeded, or any answer, does not match the API's documents. The answer's body stays unread. */
export async function expectDocumented(exchange: Exchange): Promise<void> {
  const violations = violationsOf(exchange, await textOf(exchange.answer), await documentsOfApi());
  if (violations.length === 0) return;
  const { method, path, answer } = exchange;
  throw new Error(`${method} ${path} → ${answer.status} is not as documented:\n${violations.join("\n")}`);
}

/** The body of a JSON answer; in others there is nothing to check. */
async function textOf(answer: Response): Promise<string> {
  return isJson(mediaTypeOf(answer)) ? answer.clone().text() : "";
}

function violationsOf(exchange: Exchange, text: string, documents: readonly ApiDocument[]): string[] {
  const { method, path, answer } = exchange;
  const { pathname } = new URL(path, HOST);
  const found = documents.flatMap((document) => pathsOf(document).flatMap((known) => known.match(pathname) ?? []))[0];
  const operation = found?.operations[method === "HEAD" ? "get" : method.toLowerCase()];
  if (answer.status === 405 && (operation === undefined || method === "HEAD")) return [];
  if (found === undefined || operation === undefined) {
    // A page, or one of the documents themselves.
    const page =
      method === "HEAD" ||
      pathname.startsWith("/docs/assets/") ||
      mediaTypeOf(answer) !== "application/json" ||
      isDocument(parsed(text));
    // Without a key, an answer does not reveal which operations exist.
    return page || answer.status === 404 || answer.status === 401 ? [] : ["there is no such operation"];
  }
  const documented = operation.responses[answer.status];
  if (documented === undefined) return [`the status is none of ${Object.keys(operation.responses)}`];
  return [
    ...headerViolations(found.document, documented, answer),
    ...(method === "HEAD" ? [] : bodyViolations(found.document, documented, answer, text)),
    ...(answer.ok ? requestViolations(found, operation, exchange) : []),
  ];
}

function isDocument(value: unknown): boolean {
  return typeof value === "object" && value !== null && "openapi" in value;
}

function headerViolations(document: ApiDocument, { headers = {} }: Answer, answer: Response): string[] {
  return Object.entries(headers).flatMap(([name, reference]) => {
    const { required, schema } =
      "$ref" in reference ? document.components.headers[reference.$ref.split("/").at(-1)!]! : reference;
    const value = answer.headers.get(name);
    if (value === null) return required ? [`header ${name} is missing`] : [];
    return invalid(`header ${name}`, document, schema, fromText(value, schema));
  });
}

function bodyViolations(document: ApiDocument, documented: Answer, answer: Response, text: string): string[] {
  const type = mediaTypeOf(answer);
  if (documented.content === undefined) return type === null ? [] : [`it has a body of ${type}`];
  const media = documented.content[type ?? ""];
  if (media === undefined) return [`the media type ${type} is none of ${Object.keys(documented.content)}`];
  return isJson(type) ? invalid("answer", document, media.schema, parsed(text)) : [];
}

function requestViolations({ document, values }: Found, operation: Operation, exchange: Exchange): string[] {
  const { searchParams } = new URL(exchange.path, HOST);
  const parameters = (operation.parameters ?? []).flatMap(({ name, in: place, required, schema }) => {
    const value = {
      path: values[name],
      query: searchParams.get(name),
      header: exchange.headers.get(name),
      cookie: null,
    }[place];
    if (value === null || value === undefined) return required ? [`${place} parameter ${name} is missing`] : [];
    // A parameter that may be repeated is a list.
    const isList = place === "query" && (schema as { type?: unknown }).type === "array";
    const given = isList ? searchParams.getAll(name) : fromText(value, schema);
    return invalid(`${place} parameter ${name}`, document, schema, given);
  });
  const { required, content } = operation.requestBody ?? { content: {} };
  const schema = content["application/json"]?.schema;
  if (schema === undefined || (exchange.body === null && !required)) return parameters;
  return [...parameters, ...invalid("request", document, schema, parsed(exchange.body ?? ""))];
}

interface Found {
  document: ApiDocument;
  operations: Record<string, Operation>;
  /** The values of the path's parameters, still encoded. */
  values: Record<string, string>;
}

const patterns = new WeakMap<ApiDocument, { match(pathname: string): Found | null }[]>();

/** The paths of a document; those without parameters come first. */
function pathsOf(document: ApiDocument): { match(pathname: string): Found | null }[] {
  const known = patterns.get(document);
  if (known !== undefined) return known;
  const made = Object.entries(document.paths)
    .sort(([a], [b]) => a.split("{").length - b.split("{").length)
    .map(([path, operations]) => {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
      const pattern = new RegExp(
        `^${path
          .replaceAll(".", "\\.")
          .replaceAll("{path}", "(.+)")
          .replaceAll(/\{\w+\}/g, "([^/]+)")}$`,
      );
      return {
        match(pathname: string) {
          const groups = pattern.exec(pathname);
          if (groups === null) return null;
          const values = Object.fromEntries(names.map((name, at) => [name, groups[at + 1]!]));
          return { document, operations, values };
        },
      };
    });
  patterns.set(document, made);
  return made;
}

const validators = new WeakMap<Schema, Validator>();

function invalid(what: string, document: ApiDocument, schema: Schema, value: unknown): string[] {
  let validator = validators.get(schema);
  if (validator === undefined) {
    const schemas = componentsOf(schema, document);
    // In one document with the components, so that references to them can be resolved.
    const whole = { ...(closed(schema) as Schema), components: { schemas: closed(schemas) }, open: schemas };
    validator = new Validator(whole, "2020-12", false);
    validators.set(schema, validator);
  }
  const { valid, errors } = validator.validate(value);
  return valid ? [] : errors.map(({ instanceLocation, error }) => `${what} ${instanceLocation}: ${error}`);
}

/** The components that a schema refers to: a validator processes everything that it is given. */
function componentsOf(schema: Schema, { components: { schemas } }: ApiDocument): Record<string, Schema> {
  const found: Record<string, Schema> = {};
  const collect = (part: Schema) => {
    for (const [, name] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/([\w-]+)"/g)) {
      if (name === undefined || name in found) continue;
      found[name] = schemas[name]!;
      collect(schemas[name]!);
    }
  };
  collect(schema);
  return found;
}

/** What is wrong with a value, according to a schema in a document. */
export function violationsOfSchema(document: ApiDocument, schema: Schema, value: unknown): string[] {
  return invalid("value", document, schema, value);
}

/** A schema that allows only the properties that it names, so that everything in an answer is documented. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  if ("allOf" in schema) return { ...schema, allOf: opened(schema.allOf), unevaluatedProperties: false };
  const parts = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, closed(part)]));
  return isObjectSchema(schema) && !("additionalProperties" in schema)
    ? { ...parts, additionalProperties: false }
    : parts;
}

/** Parts of one whole: none of them may be closed by itself. */
function opened(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"#/open/'));
}

/** But not `properties` that have a property with that name. */
function isObjectSchema(schema: object): boolean {
  return "properties" in schema && "type" in schema && schema.type === "object";
}

/** The value of a header or parameter, in the type that its schema expects. */
function fromText(text: string, { type }: Schema): unknown {
  if ((type === "integer" || type === "number") && text.trim() !== "") return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
}

function isJson(mediaType: string | null): boolean {
  return mediaType === "application/json" || mediaType === "application/dns-json";
}

function mediaTypeOf(answer: Response): string | null {
  const type = answer.headers.get("content-type");
  return type === null ? null : type.split(";", 1)[0]!.trim().toLowerCase();
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // no schema accepts it
  }
}
