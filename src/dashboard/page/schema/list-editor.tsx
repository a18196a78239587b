import { useState } from "preact/hooks";
import type { Schema } from "../api/api-schema.ts";
import { SmallButton } from "../ui/small-button.tsx";
import { initialOf, isPlainObject } from "./shape.ts";
import { type EditorProps, ValueEditor } from "./value-editor.tsx";

/** The name of a list's item, by the list's name; other lists are of a rule's conditions. */
const ITEMS: Readonly<Record<string, string>> = { rules: "rule", origins: "origin", statuses: "status" };

/** A list of things with parts, in order. One is open at a time. */
export function ListEditor({ items, value, set, path, problems }: EditorProps & { items: Schema }) {
  const list = Array.isArray(value) ? value : [];
  const [open, setOpen] = useState<number | null>(null);
  const what = ITEMS[path.slice(path.lastIndexOf(".") + 1)] ?? "condition";
  const change = (index: number, changed: unknown) => set(list.with(index, changed));
  const remove = (index: number) => {
    set(list.toSpliced(index, 1));
    setOpen(null);
  };
  const move = (from: number, to: number) => {
    set(list.toSpliced(from, 1).toSpliced(to, 0, list[from]));
    if (open === from) setOpen(to);
    else if (open === to) setOpen(from);
  };
  const add = () => {
    set([...list, initialOf(items)]);
    setOpen(list.length);
  };
  const isWrong = (index: number) => Object.keys(problems).some((field) => field.startsWith(`${path}.${index}.`));
  return (
    <div class="items">
      {list.map((item, index) => {
        const isOpen = open === index || isWrong(index);
        const name = `${what} ${index + 1}`;
        return (
          <section key={index} class="item" aria-label={name}>
            <div class="item-head">
              <button
                type="button"
                class="link item-title"
                aria-expanded={isOpen}
                onClick={() => setOpen(isOpen ? null : index)}
              >
                <span class="number">{index + 1}</span> {titleOf(item)}
              </button>
              <span class="item-actions">
                <SmallButton label={`Move ${name} up`} disabled={index === 0} act={() => move(index, index - 1)}>
                  ↑
                </SmallButton>
                <SmallButton
                  label={`Move ${name} down`}
                  disabled={index === list.length - 1}
                  act={() => move(index, index + 1)}
                >
                  ↓
                </SmallButton>
                <SmallButton label={`Remove ${name}`} act={() => remove(index)}>
                  Remove
                </SmallButton>
              </span>
            </div>
            {isOpen && (
              <ValueEditor
                schema={items}
                value={item}
                set={(changed) => change(index, changed)}
                path={`${path}.${index}`}
                problems={problems}
              />
            )}
          </section>
        );
      })}
      <div>
        <SmallButton act={add}>
          Add {/^[aeiou]/.test(what) ? "an" : "a"} {what}
        </SmallButton>
      </div>
    </div>
  );
}

/** An item's name, or its content. */
function titleOf(item: unknown): string {
  if (!isPlainObject(item)) return JSON.stringify(item);
  const { name, when, do: actions } = item;
  if (typeof name === "string" && name !== "") return name;
  if (isPlainObject(actions)) {
    const does = Object.keys(actions).join(", ") || "does nothing yet";
    return isPlainObject(when) && Object.keys(when).length > 0 ? `${does} where ${shortly(when)}` : does;
  }
  return Object.keys(item).length === 0 ? "always" : shortly(item);
}

function shortly(when: Record<string, unknown>): string {
  const text = Object.entries(when)
    .map(([name, test]) => `${name} is ${typeof test === "string" ? test : JSON.stringify(test)}`)
    .join(" and ");
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
