import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { Field } from "../ui/field.tsx";
import { SmallButton } from "../ui/small-button.tsx";
import { Text } from "../ui/text.tsx";
import { JsonEditor } from "./json-editor.tsx";
import { initialOf, shapeOf } from "./shape.ts";
import { type EditorProps, ValueEditor } from "./value-editor.tsx";

interface SchemaFieldProps extends EditorProps {
  name: string;
  /** Shown after the schema's description. */
  more?: ComponentChildren;
  /** Removes it, if it is optional. */
  remove?: (() => void) | undefined;
}

const SIMPLE: ReadonlySet<string> = new Set(["choice", "flag", "number", "text", "lines"]);

/** A field with its name, its meaning, what is wrong with it, and its editor. */
export function SchemaField(props: SchemaFieldProps) {
  const { name, more, remove, ...editor } = props;
  const { schema, path, problems } = editor;
  const { kind } = shapeOf(schema);
  const hint = (schema.description || more) && (
    <>
      {schema.description && <Text text={schema.description} />} {more}
    </>
  );
  if (SIMPLE.has(kind))
    return (
      <div class={remove ? "removable" : undefined}>
        <Field label={name} hint={hint} problem={problems[path] ?? inside(problems, path)}>
          {(attributes) => <ValueEditor {...editor} attributes={attributes} />}
        </Field>
        {remove && (
          <SmallButton label={`Remove ${name}`} act={remove}>
            Remove
          </SmallButton>
        )}
      </div>
    );
  const mayBeNull = [schema.type].flat().includes("null");
  if (kind === "group" && editor.isOptional && mayBeNull && (editor.value ?? null) === null)
    return (
      <Parts name={name} hint={hint} remove={remove} problem={problems[path]}>
        {() => (
          <div class="items">
            <div>
              <SmallButton label={`Set ${name}`} act={() => editor.set(initialOf(schema))}>
                Set
              </SmallButton>
            </div>
          </div>
        )}
      </Parts>
    );
  return (
    <Parts name={name} hint={hint} remove={remove} problem={problems[path]} isEditable>
      {(isJson) =>
        isJson ? <JsonEditor {...editor} /> : <ValueEditor {...editor} attributes={{ "aria-label": name }} />
      }
    </Parts>
  );
}

/** A problem with a line of a list is shown at the list. */
function inside(problems: Readonly<Record<string, string>>, path: string): string | undefined {
  const [, message] = Object.entries(problems).find(([field]) => field.startsWith(`${path}.`)) ?? [];
  return message;
}

interface PartsProps {
  name: string;
  hint: ComponentChildren;
  remove: (() => void) | undefined;
  problem: string | undefined;
  isEditable?: boolean;
  children(isJson: boolean): ComponentChildren;
}

function Parts({ name, hint, remove, problem, isEditable, children }: PartsProps) {
  const [isJson, setJson] = useState(false);
  const id = useId();
  return (
    <fieldset class={problem ? "group wrong" : "group"} aria-describedby={hint ? id : undefined}>
      <legend>{name}</legend>
      <span class="group-actions">
        {isEditable && (
          <SmallButton label={`Edit ${name} ${isJson ? "in the form" : "as JSON"}`} act={() => setJson(!isJson)}>
            {isJson ? "Form" : "JSON"}
          </SmallButton>
        )}
        {remove && (
          <SmallButton label={`Remove ${name}`} act={remove}>
            Remove
          </SmallButton>
        )}
      </span>
      {hint && (
        <p class="hint" id={id}>
          {hint}
        </p>
      )}
      {children(isJson)}
      {problem && <p class="field-problem">{problem}</p>}
    </fieldset>
  );
}
