import type { Schema } from "../api/api-schema.ts";
import { linesOf } from "../ui/lines.ts";
import { GroupEditor } from "./group-editor.tsx";
import { JsonEditor } from "./json-editor.tsx";
import { ListEditor } from "./list-editor.tsx";
import { MapEditor } from "./map-editor.tsx";
import { type Constant, initialOf, type Shape, shapeOf, typesOf } from "./shape.ts";
import { useText } from "./use-text.ts";

/** Connects a control with its label and its descriptions. */
export interface ControlAttributes {
  id?: string;
  "aria-label"?: string;
  "aria-describedby"?: string;
  "aria-invalid"?: "true";
}

export interface EditorProps {
  schema: Schema;
  /** Undefined or null: it is not set. */
  value: unknown;
  set(value: unknown): void;
  /** Its place in the request: `settings.ttl.css`. */
  path: string;
  /** What is wrong, by path. */
  problems: Readonly<Record<string, string>>;
  attributes?: ControlAttributes;
  /** Whether it may be left out. */
  isOptional?: boolean;
}

/** Edits a value according to its schema. */
export function ValueEditor(props: EditorProps) {
  const shape = shapeOf(props.schema);
  switch (shape.kind) {
    case "choice":
      return <Choice {...props} values={shape.values} />;
    case "flag":
      return <Choice {...props} values={[true, false]} />;
    case "number":
      return <NumberInput {...props} shape={shape} />;
    case "text":
      return <TextInput {...props} shape={shape} />;
    case "lines":
      return <Lines {...props} shape={shape} />;
    case "ticks":
      return <Ticks {...props} values={shape.values} />;
    case "list":
      return <ListEditor {...props} items={shape.items} />;
    case "map":
      return <MapEditor {...props} values={shape.values} />;
    case "group":
      return <GroupEditor {...props} fields={shape.fields} required={shape.required} />;
    case "either":
      return <Either {...props} shape={shape} />;
    case "json":
      return <JsonEditor {...props} />;
    default:
      return shape satisfies never;
  }
}

type Of<Kind extends Shape["kind"]> = EditorProps & { shape: Extract<Shape, { kind: Kind }> };

const WORDS: Readonly<Record<string, string>> = { true: "yes", false: "no" };

function Choice({ values, value, set, attributes, isOptional }: EditorProps & { values: readonly Constant[] }) {
  const at = values.findIndex((one) => Object.is(one, value));
  return (
    <select
      {...attributes}
      value={String(at)}
      onChange={({ currentTarget }) => set(values[Number(currentTarget.value)] ?? null)}
    >
      {(isOptional || at === -1) && <option value="-1">not set</option>}
      {values.map((one, index) => (
        <option key={index} value={String(index)}>
          {WORDS[String(one)] ?? String(one)}
        </option>
      ))}
    </select>
  );
}

function NumberInput({ shape: { schema }, value, set, attributes, isOptional }: Of<"number">) {
  return (
    <input
      {...attributes}
      type="number"
      step={typesOf(schema).includes("integer") ? 1 : "any"}
      min={schema.minimum}
      max={schema.maximum}
      required={!isOptional}
      placeholder={isOptional ? "not set" : undefined}
      value={value === null || value === undefined ? "" : String(value)}
      onInput={({ currentTarget }) => set(currentTarget.value === "" ? null : Number(currentTarget.value))}
    />
  );
}

/** A text that may have this many characters gets more than one line. */
const LONG = 2_000;

function TextInput({ shape: { schema }, value, set, attributes, isOptional }: Of<"text">) {
  const shown = typeof value === "string" ? value : "";
  const change = (text: string) => set(text === "" && isOptional ? null : text);
  if ((schema.maxLength ?? 0) >= LONG && typeof schema.example !== "string")
    return (
      <textarea
        {...attributes}
        rows={Math.min(Math.max(shown.split("\n").length, 2), 12)}
        maxLength={schema.maxLength}
        spellcheck={false}
        value={shown}
        onInput={({ currentTarget }) => change(currentTarget.value)}
      />
    );
  return (
    <input
      {...attributes}
      spellcheck={false}
      autocapitalize="none"
      required={!isOptional}
      maxLength={schema.maxLength}
      placeholder={typeof schema.example === "string" ? schema.example : isOptional ? "not set" : undefined}
      value={shown}
      onInput={({ currentTarget }) => change(currentTarget.value)}
    />
  );
}

function Lines({ shape, value, set, attributes, isOptional }: Of<"lines">) {
  const parse = (text: string) => {
    const lines = linesOf(text).map((line) => (shape.of === "number" && /^\d+$/.test(line) ? Number(line) : line));
    if (lines.length === 0 && isOptional && (value === null || value === undefined)) return value;
    return shape.single && lines.length === 1 ? lines[0] : lines;
  };
  const [text, setText] = useText(value, (list) => [list ?? []].flat().join("\n"), parse);
  return (
    <textarea
      {...attributes}
      rows={Math.min(Math.max(text.split("\n").length, 2), 12)}
      spellcheck={false}
      placeholder="one per line"
      value={text}
      onInput={({ currentTarget }) => {
        setText(currentTarget.value);
        set(parse(currentTarget.value));
      }}
    />
  );
}

function Ticks({ values, value, set, attributes }: EditorProps & { values: readonly string[] }) {
  const chosen: readonly unknown[] = Array.isArray(value) ? value : [];
  const tick = (one: string, isTicked: boolean) =>
    set(values.filter((other) => (other === one ? isTicked : chosen.includes(other))));
  return (
    // biome-ignore lint/a11y/useSemanticElements: its label stands where those of other controls do.
    <div {...attributes} role="group" class="ticks-inline">
      {values.map((one) => (
        <label key={one} class="inline">
          <input
            type="checkbox"
            checked={chosen.includes(one)}
            onChange={({ currentTarget }) => tick(one, currentTarget.checked)}
          />
          {one}
        </label>
      ))}
    </div>
  );
}

function Either({ shape: { options }, value, set, attributes, isOptional, ...more }: Of<"either">) {
  const at = value === null || value === undefined ? -1 : options.findIndex((option) => option.is(value));
  const chosen = options[at];
  const choose = (index: number) => {
    const option = options[index];
    if (option === undefined) set(null);
    else set("constant" in option ? option.constant : initialOf(option.schema));
  };
  return (
    <div class="either">
      <select {...attributes} value={String(at)} onChange={({ currentTarget }) => choose(Number(currentTarget.value))}>
        {(isOptional || at === -1) && <option value="-1">not set</option>}
        {options.map(({ label }, index) => (
          <option key={label} value={String(index)}>
            {label}
          </option>
        ))}
      </select>
      {chosen !== undefined && "schema" in chosen && (
        <ValueEditor
          {...more}
          schema={chosen.schema}
          value={value}
          set={set}
          attributes={{ "aria-label": chosen.label }}
        />
      )}
    </div>
  );
}
