/** The part of an OpenAPI 3.1 schema that is used here. */
interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  example?: unknown;
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  minimum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
}

interface Body {
  content?: Record<string, { schema?: Schema; example?: unknown }>;
}

/** The parts of a document that have bodies. */
interface Document {
  paths?: Record<string, Record<string, { requestBody?: Body; responses?: Record<string, Body> }>>;
  components?: { schemas?: Record<string, Schema> };
}

/**
 * Gives each JSON body in a document that has no example one derived from its schema: from the examples of its fields, or for a
 * field without one, from its type. An optional field is included if it has an example of its own.
 */
export function addExamples(document: Document): void {
  const schemas = document.components?.schemas ?? {};
  const operations = Object.values(document.paths ?? {}).flatMap((item) => Object.values(item));
  for (const { requestBody, responses = {} } of operations) {
    for (const { content = {} } of [requestBody ?? {}, ...Object.values(responses)]) {
      for (const [type, media] of Object.entries(content)) {
        if (!type.endsWith("json") || media.example !== undefined || media.schema === undefined) continue;
        media.example = exampleOf(media.schema, schemas);
      }
    }
  }
}

const REFERENCE = "#/components/schemas/";

/** Undefined: neither the schema nor its type says what a value looks like. */
function exampleOf(schema: Schema, schemas: Readonly<Record<string, Schema>>): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.$ref !== undefined) return exampleOf(schemas[schema.$ref.slice(REFERENCE.length)]!, schemas);
  const types = [schema.type ?? []].flat();
  if (types.includes("null")) return null;
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return exampleOf(alternatives[0]!, schemas);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  switch (types[0]) {
    case "object":
      return exampleOfObject(schema, schemas);
    case "array":
      return [exampleOf(schema.items ?? {}, schemas)];
    case "boolean":
      return true;
    case "integer":
    case "number":
      return schema.default ?? schema.minimum ?? 0;
    default:
      return schema.format === "date-time" ? "2026-03-01T10:00:00Z" : undefined;
  }
}

function exampleOfObject(
  { properties = {}, required = [] }: Schema,
  schemas: Readonly<Record<string, Schema>>,
): Record<string, unknown> {
  const shown = Object.entries(properties).filter(
    ([name, property]) => required.includes(name) || property.example !== undefined,
  );
  return Object.fromEntries(shown.map(([name, property]) => [name, exampleOf(property, schemas)]));
}
