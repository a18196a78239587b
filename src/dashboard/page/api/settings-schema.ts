/** What of JSON Schema the documents use for a setting. */
export interface SettingSchema {
  description?: string;
  type?: string | readonly string[];
  enum?: readonly unknown[];
  minimum?: number;
  maximum?: number;
  default?: unknown;
  anyOf?: readonly SettingSchema[];
}

let known: Promise<Readonly<Record<string, SettingSchema>>> | null = null;

/** The settings that a zone may have, as the API's own document describes them. */
export function settingsSchema(): Promise<Readonly<Record<string, SettingSchema>>> {
  known ??= fetch("/openapi.json")
    .then((answer) => answer.json())
    .then((document) => document.components.schemas.SettingsChange.properties);
  known.catch(() => {
    known = null;
  });
  return known;
}

/** How a setting is edited: by one of a few words, a number, yes or no, a line of text, or as JSON. */
export type Editor =
  | { kind: "choice"; values: readonly string[] }
  | { kind: "number"; minimum: number | undefined; maximum: number | undefined }
  | { kind: "flag" }
  | { kind: "text" }
  | { kind: "json" };

export function editorOf(schema: SettingSchema): Editor {
  const types = new Set([schema.type ?? []].flat().filter((type) => type !== "null"));
  const words = schema.enum?.filter((value) => value !== null);
  if (words?.every((value) => typeof value === "string")) return { kind: "choice", values: words as string[] };
  if (types.size !== 1 || schema.anyOf !== undefined) return { kind: "json" };
  if (types.has("integer") || types.has("number"))
    return { kind: "number", minimum: schema.minimum, maximum: schema.maximum };
  if (types.has("boolean")) return { kind: "flag" };
  return types.has("string") ? { kind: "text" } : { kind: "json" };
}
