import { DEFAULT_SETTINGS, type ZoneSettings } from "../../../zones/settings.ts";
import { editorOf, type SettingSchema } from "../api/settings-schema.ts";
import { Field } from "../ui/field.tsx";
import { Text } from "../ui/text.tsx";

interface SettingFieldProps {
  name: string;
  schema: SettingSchema;
  value: unknown;
  /** What is typed; undefined: nothing. */
  draft: string | undefined;
  problem: string | undefined;
  /** Null: as it is stored. */
  edit(text: string | null): void;
}

/** A setting, edited by what its schema says that it is. */
export function SettingField({ name, schema, value, draft, problem, edit }: SettingFieldProps) {
  const editor = editorOf(schema);
  const stored = textOf(value, editor.kind);
  const change = (text: string) => edit(text === stored ? null : text);
  const shown = draft ?? stored;
  const byDefault = JSON.stringify(DEFAULT_SETTINGS[name as keyof ZoneSettings]);
  return (
    <Field label={name} hint={<Meaning text={schema.description} byDefault={byDefault} />} problem={problem}>
      {(attributes) => {
        switch (editor.kind) {
          case "choice":
          case "flag":
            return (
              <select {...attributes} value={shown} onChange={({ currentTarget }) => change(currentTarget.value)}>
                {(editor.kind === "flag" ? ["true", "false"] : editor.values).map((word) => (
                  <option key={word} value={word}>
                    {editor.kind === "flag" ? (word === "true" ? "yes" : "no") : word}
                  </option>
                ))}
              </select>
            );
          case "number":
            return (
              <input
                {...attributes}
                type="number"
                min={editor.minimum}
                max={editor.maximum}
                value={shown}
                placeholder="null"
                onInput={({ currentTarget }) => change(currentTarget.value)}
              />
            );
          case "text":
            return (
              <input
                {...attributes}
                spellcheck={false}
                value={shown}
                onInput={({ currentTarget }) => change(currentTarget.value)}
              />
            );
          default:
            return (
              <textarea
                {...attributes}
                rows={Math.min(Math.max(shown.split("\n").length, 1), 12)}
                spellcheck={false}
                value={shown}
                onInput={({ currentTarget }) => change(currentTarget.value)}
              />
            );
        }
      }}
    </Field>
  );
}

function Meaning({ text, byDefault }: { text: string | undefined; byDefault: string | undefined }) {
  return (
    <>
      {text && <Text text={text} />} {byDefault !== undefined && <span>Default: {byDefault}</span>}
    </>
  );
}

function textOf(value: unknown, kind: string): string {
  if (value === null || value === undefined) return "";
  if (kind === "json")
    return JSON.stringify(value, null, typeof value === "object" && Object.keys(value).length > 0 ? 2 : 0);
  return String(value);
}
