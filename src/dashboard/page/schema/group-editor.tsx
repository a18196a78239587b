import type { Schema } from "../api/api-schema.ts";
import { SchemaField } from "./schema-field.tsx";
import { initialOf, isPlainObject, markOf, shapeOf } from "./shape.ts";
import type { EditorProps } from "./value-editor.tsx";

/** A group with at least this many fields, some of which have parts, shows only those that are set. */
const MANY = 5;
const FLAT: ReadonlySet<string> = new Set(["choice", "flag", "number", "text"]);

interface GroupProps extends EditorProps {
  fields: Readonly<Record<string, Schema>>;
  required: readonly string[];
}

/** Fields that belong together. If there are many, those that are set, and a control to add one. */
export function GroupEditor({ fields, required, value, set, path, problems }: GroupProps) {
  const group = isPlainObject(value) ? value : {};
  const mark = markOf(fields, required);
  // The kind of object has been chosen outside.
  const names = Object.keys(fields).filter((name) => name !== mark?.[0]);
  const isSparse = names.length >= MANY && Object.values(fields).some((field) => !FLAT.has(shapeOf(field).kind));
  const shown = isSparse ? names.filter((name) => group[name] !== undefined) : names;
  const missing = names.filter((name) => !shown.includes(name));
  const change = (name: string, changed: unknown) => {
    const { [name]: _, ...others } = group;
    const isLeftOut = changed === null && !mayBeNull(fields[name]);
    set(isLeftOut ? others : { ...group, [name]: changed });
  };
  const remove = (name: string) => {
    const { [name]: _, ...others } = group;
    set(others);
  };
  const add = (name: string) => set({ ...group, [name]: initialOf(fields[name] ?? {}) });
  const isCompact = names.length > 2 && Object.values(fields).every((field) => shapeOf(field).kind === "number");
  return (
    <div class={isCompact ? "parts compact" : "parts"}>
      {shown.map((name) => (
        <SchemaField
          key={name}
          name={name}
          schema={fields[name] ?? {}}
          value={group[name]}
          set={(changed) => change(name, changed)}
          path={`${path}.${name}`}
          problems={problems}
          isOptional={!required.includes(name)}
          remove={isSparse && !required.includes(name) ? () => remove(name) : undefined}
        />
      ))}
      {missing.length > 0 && (
        <select
          class="adder"
          aria-label={`Add to ${path.slice(path.lastIndexOf(".") + 1)}`}
          value=""
          onChange={({ currentTarget }) => {
            add(currentTarget.value);
            currentTarget.value = "";
          }}
        >
          <option value="">Add…</option>
          {missing.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      )}
    </div>
  );
}

function mayBeNull(schema: Schema | undefined): boolean {
  return [schema?.type].flat().includes("null");
}
