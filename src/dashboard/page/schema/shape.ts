import type { Schema } from "../api/api-schema.ts";

/** How a value is edited, according to its schema. */
export type Shape =
  | { kind: "choice"; values: readonly Constant[] }
  | { kind: "flag" }
  | { kind: "number"; schema: Schema }
  | { kind: "text"; schema: Schema }
  /** Texts or numbers, one per line; `single`: a single one may come without a list. */
  | { kind: "lines"; of: "text" | "number"; single: boolean }
  /** Any of a few words. */
  | { kind: "ticks"; values: readonly string[] }
  | { kind: "list"; items: Schema }
  | { kind: "map"; values: Schema }
  | { kind: "group"; fields: Readonly<Record<string, Schema>>; required: readonly string[] }
  | { kind: "either"; options: readonly Option[] }
  | { kind: "json" };

export type Constant = string | number | boolean;

/** One of the kinds of thing that a value may be. */
export type Option =
  | { label: string; is(value: unknown): boolean; constant: Constant }
  | { label: string; is(value: unknown): boolean; schema: Schema };

export function typesOf({ type = [] }: Schema): readonly string[] {
  return [type].flat().filter((one) => one !== "null");
}

export function shapeOf(schema: Schema): Shape {
  if (schema.anyOf !== undefined) return shapeOfAny(schema.anyOf.filter(({ type }) => type !== "null"));
  if (schema.enum !== undefined)
    return { kind: "choice", values: schema.enum.filter((value): value is Constant => value !== null) };
  const [type, ...more] = typesOf(schema);
  if (more.length > 0) return { kind: "json" };
  switch (type) {
    case "boolean":
      return { kind: "flag" };
    case "integer":
    case "number":
      return { kind: "number", schema };
    case "string":
      return { kind: "text", schema };
    case "array": {
      const items = schema.items ?? {};
      const shape = shapeOf(items);
      if (shape.kind === "choice") return { kind: "ticks", values: shape.values.map(String) };
      const inner = shape.kind;
      return inner === "text" || inner === "number"
        ? { kind: "lines", of: inner, single: false }
        : { kind: "list", items };
    }
    case "object":
      if (typeof schema.additionalProperties === "object") return { kind: "map", values: schema.additionalProperties };
      return { kind: "group", fields: schema.properties ?? {}, required: schema.required ?? [] };
    default:
      return { kind: "json" };
  }
}

function shapeOfAny(options: readonly Schema[]): Shape {
  const shown = mergedLines(options).flatMap(optionsOf);
  const constants = shown.flatMap((option) => ("constant" in option ? [option.constant] : []));
  if (constants.length === shown.length) return { kind: "choice", values: constants };
  const [only] = shown;
  if (shown.length === 1 && only !== undefined && "schema" in only) {
    const shape = shapeOf(only.schema);
    return shape.kind === "lines" ? { ...shape, single: options.length > 1 } : shape;
  }
  return { kind: "either", options: shown };
}

/** A text or a list of such texts is edited as a list. */
function mergedLines(options: readonly Schema[]): readonly Schema[] {
  const list = options.find((option) => shapeOf(option).kind === "lines");
  if (list === undefined) return options;
  return options.filter((option) => shapeOf(option).kind !== (shapeOf(list) as { of: string }).of);
}

function optionsOf(schema: Schema): Option[] {
  const shape = shapeOf(schema);
  switch (shape.kind) {
    case "choice":
      return shape.values.map((constant) => ({
        label: String(constant),
        is: (value) => value === constant,
        constant,
      }));
    case "flag":
      return [true, false].map((constant) => ({
        label: constant ? "yes" : "no",
        is: (value) => value === constant,
        constant,
      }));
    case "lines":
      return [{ label: "these…", is: (value) => Array.isArray(value) || typeof value === "string", schema }];
    case "text":
      return [{ label: "this…", is: (value) => typeof value === "string", schema }];
    case "group": {
      const mark = markOf(shape.fields, shape.required);
      if (mark === null)
        return [{ label: `${Object.keys(shape.fields)[0] ?? "more"}…`, is: (value) => isPlainObject(value), schema }];
      const [name, constant] = mark;
      return [{ label: String(constant), is: (value) => isPlainObject(value) && value[name] === constant, schema }];
    }
    default:
      return [{ label: "other…", is: (value) => value !== undefined, schema }];
  }
}

/** The field that distinguishes one kind of object from others: it is required, and has only one possible value. */
export function markOf(
  fields: Readonly<Record<string, Schema>>,
  required: readonly string[],
): [name: string, constant: unknown] | null {
  const found = Object.entries(fields).find(([name, field]) => required.includes(name) && field.enum?.length === 1);
  return found === undefined ? null : [found[0], found[1].enum![0]];
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a value is when it is added. */
export function initialOf(schema: Schema): unknown {
  const shape = shapeOf(schema);
  switch (shape.kind) {
    case "choice":
      return shape.values[0];
    case "flag":
      return true;
    case "number":
      return shape.schema.minimum ?? 0;
    case "text":
      return "";
    case "lines":
    case "list":
      return [];
    case "either": {
      const [first] = shape.options;
      if (first === undefined) return null;
      return "constant" in first ? first.constant : initialOf(first.schema);
    }
    case "group":
      return Object.fromEntries(shape.required.map((name) => [name, initialOf(shape.fields[name] ?? {})]));
    default:
      return {};
  }
}

/** A value reduced to what its schema knows: what only the server says, such as when a secret was set, is not sent back. */
export function pruned(schema: Schema, value: unknown): unknown {
  const shape = shapeOf(schema);
  if (shape.kind === "list" && Array.isArray(value)) return value.map((item) => pruned(shape.items, item));
  if (shape.kind === "either") {
    const option = shape.options.find((one) => one.is(value));
    return option !== undefined && "schema" in option ? pruned(option.schema, value) : value;
  }
  if (shape.kind !== "group" || !isPlainObject(value)) return value;
  const { fields } = shape;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, held]) => {
      const field = fields[name];
      return field === undefined ? [] : [[name, pruned(field, held)]];
    }),
  );
}
