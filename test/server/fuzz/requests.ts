import fc from "fast-check";
import { oddValue, type Schema, type Schemas, valuesOf } from "./values.ts";

/** What the fuzz reads of an OpenAPI document. */
export interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas?: Schemas };
}

interface Operation {
  security?: Record<string, string[]>[];
  parameters?: { name: string; in: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

/** Bytes to send, with `<own:zone>`, `<foreign:zone>` and `<key>` for what is known only when they are sent. */
export interface FuzzRequest {
  bytes: Buffer;
  /** Whether HTTP promises an answer: not to what is no request, or not all of one. */
  whole: boolean;
}

/** Requests made of documents: valid ones, nearly valid ones, and bytes that are none. */
export function fuzzRequests(documents: readonly Document[]): fc.Arbitrary<FuzzRequest> {
  const operations = documents.flatMap(({ paths, components: { schemas = {} } }) =>
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => requestOf(method.toUpperCase(), path, operation, schemas)),
    ),
  );
  const paths = documents.flatMap((document) => Object.keys(document.paths));
  return fc.oneof(
    { weight: 8, arbitrary: fc.oneof(...operations) },
    { weight: 1, arbitrary: anyRequest(paths) },
    { weight: 1, arbitrary: brokenRequest(paths) },
  );
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", "X"];
const ODD_SEGMENTS = [
  "missing",
  "%00",
  "%zz",
  "%",
  "%2e%2e%2f",
  "..",
  ".",
  "%F0%9F%92%A9",
  "%ff%fe",
  "__proto__",
  "'%20OR%201=1--",
  "x".repeat(3_000),
  "a;b=c",
  "a%2Fb",
];

/** A thing in the place of a path's parameter, of a kind that the path and the parameter tell. */
function segmentOf(path: string, name: string): fc.Arbitrary<string> {
  const kinds: [RegExp, string][] = [
    [/\/zones/, "zone"],
    [/\/v1\/keys/, "key"],
    [/\/purges/, "purge"],
    [/\/records/, "record"],
    [/\/api_keys/, "api_key"],
    [/\/webhooks/, name === "delivery" ? "delivery" : "webhook"],
    [/\/namespaces/, name === "id" ? "query_token" : "namespace"],
  ];
  const kind = kinds.find(([pattern]) => pattern.test(path))?.[1] ?? "zone";
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant(`<own:${kind}>`) },
    { weight: 3, arbitrary: fc.constant(`<foreign:${kind}>`) },
    { weight: 1, arbitrary: fc.constantFrom(...ODD_SEGMENTS) },
  );
}

const keyHeader = fc.oneof(
  { weight: 12, arbitrary: fc.constant("<key>") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "",
      "x",
      "rk_live_",
      `rk_live_${"0".repeat(35)}`,
      "é",
      "<key>, <key>",
      "y".repeat(5_000),
    ),
  },
);

const oddHeader = fc.constantFrom(
  "If-Match: *",
  'If-Match: "1-0", W/"x", ,',
  "If-None-Match: *",
  'If-None-Match: "',
  "Idempotency-Key: once",
  `Idempotency-Key: ${"k".repeat(300)}`,
  "X-HTTP-Method-Override: DELETE",
  "Accept: application/xml",
  "Accept-Encoding: br;q=2, *;q=-1",
  "Range: bytes=0-0",
  "Expect: 100-continue",
  "Content-Type: text/plain",
  "Content-Type: application/json; charset=utf-16",
  "Origin: null",
  "CF-Connecting-IP: 999.1.1.1",
  "X-Forwarded-For: 127.0.0.1",
  `Cookie: ${"c=d;".repeat(500)}`,
  "X-Odd: \u0080\u00ff",
);

/** Query parameters as a document has them, or as it does not. */
function queryOf(operation: Operation, schemas: Schemas): fc.Arbitrary<string> {
  const known = (operation.parameters ?? []).filter((parameter) => parameter.in === "query");
  const pairs = known.map(({ name, schema }) => {
    const value = name === "zone" ? fc.constantFrom("<own:zone>", "<foreign:zone>", "") : valuesOf(schema, schemas);
    return fc.option(
      value.map((each) => `${name}=${encoded(each)}`),
      { freq: 3, nil: null },
    );
  });
  const odd = fc.constantFrom(
    "limit=1&limit=2",
    "cursor=%00",
    "__proto__=1",
    "%zz=%",
    "a",
    "&&&",
    "zone[]=x",
    "limit=1e3",
  );
  return fc
    .tuple(fc.tuple(...pairs), fc.option(odd, { freq: 5, nil: null }))
    .map(([given, more]) => [...given, more].filter((pair) => pair !== null).join("&"));
}

/** Placeholders stay as they are. */
function encoded(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return encodeURIComponent(text.toWellFormed()).slice(0, 4_000);
}

/** The text of a JSON body, and what clients make of it. */
function bodyOf(schema: Schema, schemas: Schemas): fc.Arbitrary<Buffer> {
  const value = valuesOf(schema, schemas).chain((made) => fc.constantFrom(made, withThings(made)));
  const manner = fc.constantFrom<(json: string) => string | Buffer>(
    ...Array<(json: string) => string>(12).fill((json) => json),
    (json) => json.slice(0, -1),
    (json) => `\ufeff${json}`,
    (json) => json.replace("{", '{"name":"first","name":["second"],"zone":1,"zone":2,'),
    (json) => json.replace("{", '{"__proto__":{"zone":"x"},'),
    (json) => Buffer.concat([Buffer.from(json), Buffer.from([0xc3, 0x28, 0xff])]),
    (json) => Buffer.from(json, "utf16le"),
    (json) => "[".repeat(20_000) + json,
    (json) => `{"a":${"[".repeat(30_000)}${"]".repeat(30_000)},"b":${json}}`,
    (json) => json + " ".repeat(70_000),
    () => "",
    () => "null",
  );
  return fc.tuple(value, manner).map(([made, change]) => Buffer.from(change(JSON.stringify(made) ?? "")));
}

/** The value, with things in the place of the names of things. */
function withThings(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return {
    ...value,
    ...("origin" in value && { origin: "https://127.0.0.2:1024" }),
    ...("zone" in value && { zone: "<own:zone>" }),
    ...("zones" in value && { zones: ["<own:zone>", "<foreign:zone>"] }),
  };
}

function requestOf(method: string, path: string, operation: Operation, schemas: Schemas): fc.Arbitrary<FuzzRequest> {
  const [scheme = ""] = Object.keys(operation.security?.[0] ?? {});
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  const segments = fc.tuple(...names.map((name) => segmentOf(path, name)));
  const [[type, { schema }] = ["", { schema: {} }]] = Object.entries(operation.requestBody?.content ?? {});
  const body = operation.requestBody
    ? type === "application/json"
      ? bodyOf(schema, schemas)
      : fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes))
    : fc.oneof(
        { weight: 9, arbitrary: fc.constant(Buffer.alloc(0)) },
        { weight: 1, arbitrary: fc.constant(Buffer.from("{}")) },
      );
  const headers = fc.tuple(keyHeader, fc.array(oddHeader, { maxLength: 2 }), fc.integer({ min: 0, max: 3 }));
  const verb = fc.oneof(
    { weight: 12, arbitrary: fc.constant(method) },
    { weight: 1, arbitrary: fc.constantFrom(...METHODS) },
  );
  return fc
    .tuple(segments, queryOf(operation, schemas), body, headers, verb)
    .map(([given, query, sent, [key, odd, some], word]) => {
      let at = 0;
      const target = path.replaceAll(/\{\w+\}/g, () => given[at++]!) + (query && `?${query}`);
      const shown = {
        key: `X-ResCDN-Key: ${key}`,
        bearer: `Authorization: Bearer ${key}`,
        operator: "Authorization: Bearer <operator>",
      };
      const lines = [
        shown[scheme as keyof typeof shown] ?? "X-None: 1",
        ...(sent.length > 0 && type !== "" ? [`Content-Type: ${type}`] : []),
        ...(some === 0 ? odd : []),
      ];
      return { bytes: framed(word, target, lines, sent), whole: true };
    });
}

function framed(method: string, target: string, lines: readonly string[], body: Buffer): Buffer {
  const length = body.length > 0 || !/^(GET|HEAD)$/.test(method) ? ["Content-Length: <length>"] : [];
  const head = [`${method} ${target} HTTP/1.1`, "Host: api.rescdn.localhost", "Connection: close", ...lines, ...length];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), body]);
}

/** Any method and body at any path, by and by with its encoding changed. */
function anyRequest(paths: readonly string[]): fc.Arbitrary<FuzzRequest> {
  const path = fc.oneof(
    fc.constantFrom(
      ...paths,
      "/",
      "/docs",
      "/docs/api",
      "/openapi.json",
      "/admin",
      "/v1",
      "/v1/",
      "//v1/zones",
      "/v1/%7aones",
      "/V1/ZONES",
    ),
    fc.constantFrom(
      "/v1/zones/../keys",
      "/v1/./zones",
      "/v1/zones;x",
      "/v1/zones%2f",
      "/%",
      "/\\v1\\zones",
      "/v1/zones#x",
    ),
    fc.string({ maxLength: 30 }).map((text) => `/${encodeURIComponent(text.toWellFormed())}`),
  );
  const body = fc.oneof(
    fc.constant(Buffer.alloc(0)),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    oddValue.map((value) => Buffer.from(JSON.stringify(value))),
  );
  const key = fc.constantFrom("X-ResCDN-Key: <key>", "Authorization: Bearer <key>");
  const type = fc.constantFrom("application/json", "text/plain", "multipart/form-data", ";", "application/json;");
  return fc
    .tuple(fc.constantFrom(...METHODS), path, key, type, fc.array(oddHeader, { maxLength: 3 }), body)
    .map(([method, target, shown, media, odd, sent]) => ({
      bytes: framed(method, target, [shown, `Content-Type: ${media}`, ...odd], sent),
      whole: true,
    }));
}

/** What is no request, or claims to be longer or shorter than it is. */
function brokenRequest(paths: readonly string[]): fc.Arbitrary<FuzzRequest> {
  const start = fc
    .constantFrom(...paths)
    .map(
      (path) =>
        `POST ${path} HTTP/1.1\r\nHost: api.rescdn.localhost\r\nX-ResCDN-Key: <key>\r\nAuthorization: Bearer <key>\r\n`,
    );
  const rest = fc.constantFrom(
    "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{}",
    "Content-Type: application/json\r\nContent-Length: 1\r\n\r\n{}",
    "Content-Type: application/json\r\nContent-Length: -1\r\n\r\n{}",
    "Content-Type: application/json\r\nContent-Length: 2, 2\r\n\r\n{}",
    "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
    "Content-Length: 99999999999999999999\r\n\r\n{}",
    "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
    "Content-Type: application/dns-message\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nA\r\nzz\r\n",
    "Content-Type: application/json\r\nIdempotency-Key: broken\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nA\r\nzz\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\nfffffffff\r\n{}",
    "No colon here\r\n\r\n",
    "X: a\r\n folded\r\n\r\n",
    "X\u0000: a\r\n\r\n",
    `X: ${"y".repeat(20_000)}\r\n\r\n`,
    "",
  );
  const bytes = fc.oneof(
    fc.tuple(start, rest).map(([head, tail]) => Buffer.from(head + tail, "latin1")),
    fc.uint8Array({ minLength: 1, maxLength: 400 }).map((random) => Buffer.from(random)),
    fc
      .constantFrom("GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\r\n\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
      .map((text) => Buffer.from(text)),
  );
  return bytes.map((made) => ({ bytes: made, whole: false }));
}
