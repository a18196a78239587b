/** The part of JSON Schema that the API's document uses. */
export interface Schema {
  description?: string;
  type?: string | readonly string[];
  enum?: readonly unknown[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
  pattern?: string;
  format?: string;
  example?: unknown;
  items?: Schema;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  additionalProperties?: boolean | Schema;
  anyOf?: readonly Schema[];
}

interface Document {
  components: { schemas: Record<string, Schema> };
}

let known: Promise<Document> | null = null;

/** A schema from the API's own document, with everything that it refers to put in place. */
export async function apiSchema(name: string): Promise<Schema> {
  known ??= fetch("/openapi.json").then((answer) => answer.json());
  known.catch(() => {
    known = null;
  });
  const { schemas } = (await known).components;
  return whole(schemas[name] ?? {}, schemas, new Map());
}

/** A schema that is referred to twice is the same object, since conditions contain conditions. */
function whole(schema: object, schemas: Record<string, Schema>, made: Map<string, Schema>): Schema {
  const { $ref: reference, ...own } = schema as { $ref?: string };
  if (reference !== undefined) {
    const name = reference.slice(reference.lastIndexOf("/") + 1);
    const meant = made.get(name) ?? whole(schemas[name] ?? {}, schemas, made);
    made.set(name, meant);
    return { ...meant, ...own };
  }
  const entries = Object.entries(own).map(([stated, value]): [string, unknown] => {
    // For several kinds of object, distinguished by their type.
    const name = stated === "oneOf" ? "anyOf" : stated;
    if (Array.isArray(value)) return [name, value.map((one) => (isObject(one) ? whole(one, schemas, made) : one))];
    return [name, isObject(value) && name !== "example" ? whole(value, schemas, made) : value];
  });
  return Object.fromEntries(entries);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
