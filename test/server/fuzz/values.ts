import fc from "fast-check";
import { anyText } from "../../support/any-text.ts";

/** JSON Schema, as far as the API's documents use it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  items?: Schema;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  example?: unknown;
  format?: string;
}

export type Schemas = Record<string, Schema>;

const PROTOTYPE_NAMES = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "", "\u0000"];
const ODD_TEXTS = [
  "",
  " ",
  "\u0000",
  "\ud800",
  "\u202e\u0301é😀",
  "'; DROP TABLE zones; --",
  "../../etc/passwd",
  "%00",
  "{{7*7}}",
  "a".repeat(300),
  "x".repeat(9_000),
  "https://[::ffff:7f00:1]/",
  "1e999",
  "2026-02-30T00:00:00Z",
];

const oddText = fc.oneof(fc.constantFrom(...ODD_TEXTS), anyText({ maxLength: 40 }));
const oddNumber = fc.oneof(
  fc.constantFrom(-1, 0, 0.5, 1e308, -0, Number.MAX_SAFE_INTEGER, 2 ** 53, 4_294_967_296),
  fc.integer(),
);

/** Anything that JSON can say. */
export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, false, [], {}, [[]]),
  oddText,
  oddNumber,
  fc.constantFrom(6, 60, 2_000).map((depth) => JSON.parse("[".repeat(depth) + "]".repeat(depth)) as unknown),
  fc.dictionary(fc.constantFrom(...PROTOTYPE_NAMES, "name", "id"), oddText, { maxKeys: 3, noNullPrototype: true }),
);

/** A value of a schema; about one of 25 parts of it is something else. */
export function valuesOf(schema: Schema, schemas: Schemas): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 24, arbitrary: right(schema, schemas) }, { weight: 1, arbitrary: oddValue });
}

function right(schema: Schema, schemas: Schemas): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return right(schemas[schema.$ref.split("/").at(-1)!]!, schemas);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => valuesOf(choice, schemas)));
  if (schema.allOf !== undefined) return right(schema.allOf[0]!, schemas);
  const types = [schema.type ?? "string"].flat();
  return fc.oneof(...types.map((type) => ofType(type, schema, schemas)));
}

function ofType(type: string, schema: Schema, schemas: Schemas): fc.Arbitrary<unknown> {
  switch (type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
    case "number":
      return numberOf(schema);
    case "array":
      return fc.array(valuesOf(schema.items ?? {}, schemas), { maxLength: 4 });
    case "object":
      return objectOf(schema, schemas);
    default:
      return textOf(schema);
  }
}

function numberOf({ minimum = 0, maximum = 1_000 }: Schema): fc.Arbitrary<number> {
  return fc.oneof(fc.constantFrom(minimum, maximum, minimum - 1, maximum + 1), fc.integer({ min: 0, max: 100 }));
}

function textOf({ example, format, maxLength = 100 }: Schema): fc.Arbitrary<string> {
  const samples = [
    // Nothing but this machine is asked by what the fuzz makes: nobody listens there.
    ...(typeof example === "string" && !example.includes("://") ? [example, example] : []),
    "https://127.0.0.2:1024/hook",
    ...(format === "date-time" ? ["2099-12-31T23:59:59Z", "2020-01-01T00:00:00+14:00"] : []),
    ...(format === "email" ? ["ops@acme.example"] : []),
    "/assets/a.css",
    "a.myapp.v1",
    "e30=",
    "x".repeat(Math.min(maxLength, 10_000)),
    "x".repeat(Math.min(maxLength + 1, 10_001)),
  ];
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{3,20}[a-z]$/);
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...samples) },
    { weight: 6, arbitrary: name },
    { weight: 1, arbitrary: oddText },
  );
}

function objectOf(schema: Schema, schemas: Schemas): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const known = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, valuesOf(part, schemas)])),
    { requiredKeys: required, noNullPrototype: true },
  );
  const others = fc.dictionary(
    fc.constantFrom(...PROTOTYPE_NAMES, "css", "X-Name", "extra"),
    typeof additionalProperties === "object" ? valuesOf(additionalProperties, schemas) : oddText,
    { maxKeys: 2, noNullPrototype: true },
  );
  return fc
    .tuple(known, fc.oneof({ weight: 9, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: others }))
    .map(([right, more]) => ({ ...right, ...more }));
}
