import { called, type Schemas } from "./cli.ts";
import { Failed, misused } from "./failed.ts";
import { parseJson, readNamed } from "./input.ts";

/** `rescdn.json`: zones as they should be. */
export interface ProjectFile {
  zones: Record<string, WantedZone>;
}

export interface WantedZone {
  origin: string;
  /** Absent: unchanged. */
  active?: boolean;
  /** All settings that differ from the defaults. Absent: unchanged. */
  settings?: Schemas["SettingsChange"];
  /** All hostnames of the zone. Absent: unchanged. */
  hostnames?: string[];
}

export const FILE_NAME = "rescdn.json";
export const SCHEMA_NAME = "rescdn.schema.json";

/** Reads a project's file, and checks it against the schema of the API that it is for. `${NAME}` in a text is a variable. */
export async function readProject(path: string, api: string): Promise<ProjectFile> {
  const text = new TextDecoder().decode(await readNamed(path));
  const whole = parseJson(text, path);
  const { Validator } = await import("@cfworker/json-schema");
  const { valid, errors } = new Validator((await projectSchema(api)) as object, "2020-12", false).validate(whole);
  if (!valid)
    throw misused(`${path} has mistakes:\n${problems(errors)}`, `rescdn schema > ${SCHEMA_NAME} helps your editor`);
  return expanded(whole) as ProjectFile;
}

/** The schema that editors and {@link readProject} check a project's file against: made from the API's own document. */
export async function projectSchema(api: string): Promise<object> {
  const answer = await called(new Request(new URL("/openapi.json", api)));
  if (!answer.ok) throw new Failed(`${api}/openapi.json answers ${answer.status}`);
  const { components } = (await answer.json()) as { components: { schemas: Record<string, object> } };
  const zone = {
    type: "object",
    properties: {
      origin: { type: "string", description: "The server that has the files." },
      active: { type: "boolean", description: "False: the zone is paused. Left out: it stays as it is." },
      settings: {
        $ref: "#/$defs/SettingsChange",
        description: "All settings that differ from their defaults. Left out: they stay as they are.",
      },
      hostnames: {
        type: "array",
        items: { type: "string" },
        description: "All hostnames of the zone. Left out: they stay as they are.",
      },
    },
    required: ["origin"],
    additionalProperties: false,
  };
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: FILE_NAME,
    type: "object",
    properties: {
      $schema: { type: "string" },
      zones: {
        type: "object",
        description: "By their names.",
        additionalProperties: { $ref: "#/$defs/ZoneOfProject" },
      },
    },
    required: ["zones"],
    additionalProperties: false,
    $defs: { ZoneOfProject: zone, ...needed("SettingsChange", components.schemas) },
  };
  return JSON.parse(JSON.stringify(schema).replaceAll("#/components/schemas/", "#/$defs/")) as object;
}

/** A schema with everything that it refers to. */
function needed(first: string, schemas: Readonly<Record<string, object>>): Record<string, object> {
  const found: Record<string, object> = {};
  const open = [first];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const schema = schemas[name];
    if (schema === undefined || name in found) continue;
    found[name] = schema;
    for (const [, below] of JSON.stringify(schema).matchAll(/"#\/components\/schemas\/(\w+)"/g)) open.push(below!);
  }
  return found;
}

interface Mistake {
  instanceLocation: string;
  keyword: string;
  error: string;
}

/** The innermost mistakes: those above only say that there are some below. */
function problems(mistakes: readonly Mistake[]): string {
  const places = Map.groupBy(mistakes, ({ instanceLocation }) => instanceLocation);
  const innermost = [...places.keys()].filter(
    (place) => ![...places.keys()].some((other) => other.startsWith(`${place}/`)),
  );
  return innermost
    .map(
      (place) => `  ${place.replace(/^#\/?/, "").replaceAll("/", ".") || "the file"} ${mistakeAt(places.get(place)!)}`,
    )
    .join("\n");
}

function mistakeAt(mistakes: readonly Mistake[]): string {
  if (mistakes.some(({ keyword }) => keyword === "false")) return "is not known here";
  const lacking = mistakes.find(({ keyword }) => keyword === "required");
  if (lacking !== undefined) return lacking.error.replace("Instance does not have required property", "lacks");
  const choice = mistakes.find(({ keyword }) => keyword === "enum");
  const said = choice ?? mistakes.find(({ keyword }) => !["anyOf", "oneOf", "$ref"].includes(keyword)) ?? mistakes[0]!;
  return `is wrong: ${said.error.replace("Instance does not match any of", "there are").replace(",null]", "]")}`;
}

/** Puts the environment's values into texts, so that no secret has to be in a file. */
function expanded(value: unknown): unknown {
  if (typeof value === "string")
    return value.replace(/\$\{(\w+)\}/g, (_, name: string) => {
      const found = process.env[name];
      if (found === undefined) throw misused(`the variable ${name}, which ${FILE_NAME} names, is not set`);
      return found;
    });
  if (Array.isArray(value)) return value.map(expanded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, below]) => [name, expanded(below)]));
}
