/**
 * A document's schemas in the forms that client generators understand best. A reference with a description becomes a reference
 * with the description beside it, as OpenAPI 3.1 allows, instead of an intersection of the two. A `default` in a named schema
 * moves into its description: the field is optional in requests, but because of the keyword many generators take it for one
 * that is always present.
 */
export function plainSchemas<Part>(part: Part): Part {
  return plain(part, false) as Part;
}

function plain(part: unknown, inBody: boolean): unknown {
  if (Array.isArray(part)) return part.map((each) => plain(each, inBody));
  if (typeof part !== "object" || part === null) return part;
  const entries = Object.entries(part).map(([name, value]) => [
    name,
    // Parameters keep theirs: they are known to be optional.
    isValue(name) ? value : plain(value, inBody || name === "schemas" || name === "content"),
  ]);
  const made = Object.fromEntries(entries) as { allOf?: unknown; default?: unknown; description?: string };
  return describeDefault(mergeReference(made), inBody);
}

/** Contains values, which may look like schemas. */
function isValue(name: string): boolean {
  return name === "example" || name === "examples" || name === "enum" || name === "const";
}

function mergeReference(schema: { allOf?: unknown }): object {
  const { allOf, ...rest } = schema;
  if (!Array.isArray(allOf) || allOf.length !== 2) return schema;
  const [first, second] = allOf as [object, object];
  const isNote = Object.keys(second).every(
    (name) => name === "description" || name === "example" || name === "default",
  );
  return "$ref" in first && isNote ? { ...first, ...second, ...rest } : schema;
}

function describeDefault(schema: { default?: unknown; description?: string }, inBody: boolean): object {
  // A property with that name would be a schema.
  if (!inBody || !("default" in schema) || (typeof schema.default === "object" && schema.default !== null))
    return schema;
  const { default: value, ...rest } = schema;
  const said = `Default: \`${JSON.stringify(value)}\`.`;
  return { ...rest, description: rest.description === undefined ? said : `${rest.description} ${said}` };
}
