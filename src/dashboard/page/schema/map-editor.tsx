import { useState } from "preact/hooks";
import type { Schema } from "../api/api-schema.ts";
import { SmallButton } from "../ui/small-button.tsx";
import { initialOf, isPlainObject } from "./shape.ts";
import { type EditorProps, ValueEditor } from "./value-editor.tsx";

type Row = readonly [name: string, value: unknown];

/** Values by names that are typed, such as header fields. */
export function MapEditor({ values, value, set, path, problems }: EditorProps & { values: Schema }) {
  // Rows without a name, or with a name that occurs twice, are kept here, because the value cannot contain them.
  const [typed, setTyped] = useState<readonly Row[]>(() => rowsOf(value));
  const rows = JSON.stringify(mapOf(typed)) === JSON.stringify(value ?? {}) ? typed : rowsOf(value);
  const change = (changed: readonly Row[]) => {
    setTyped(changed);
    set(mapOf(changed));
  };
  return (
    <div class="map">
      {rows.map(([name, held], index) => (
        <div key={index} class="map-row">
          <input
            aria-label="Name"
            required
            spellcheck={false}
            autocapitalize="none"
            placeholder="name"
            value={name}
            onInput={({ currentTarget }) => change(rows.with(index, [currentTarget.value.trim(), held]))}
          />
          <div>
            <ValueEditor
              schema={values}
              value={held}
              set={(changed) => change(rows.with(index, [name, changed]))}
              path={`${path}.${name}`}
              problems={problems}
              isOptional={[values.type].flat().includes("null")}
              attributes={{ "aria-label": `Value of ${name || "the new name"}` }}
            />
            {problems[`${path}.${name}`] !== undefined && <p class="field-problem">{problems[`${path}.${name}`]}</p>}
          </div>
          <SmallButton label={`Remove ${name || "the new name"}`} act={() => change(rows.toSpliced(index, 1))}>
            Remove
          </SmallButton>
        </div>
      ))}
      <div>
        <SmallButton act={() => setTyped([...rows, ["", initialOf(values)]])}>Add</SmallButton>
      </div>
    </div>
  );
}

function rowsOf(value: unknown): readonly Row[] {
  return isPlainObject(value) ? Object.entries(value) : [];
}

function mapOf(rows: readonly Row[]): Record<string, unknown> {
  return Object.fromEntries(rows.filter(([name]) => name !== ""));
}
