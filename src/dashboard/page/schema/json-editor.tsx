import { useEffect, useRef, useState } from "preact/hooks";
import type { EditorProps } from "./value-editor.tsx";

/** A value as JSON. While it is not valid, the form cannot be sent. */
export function JsonEditor({ value, set, attributes }: Pick<EditorProps, "value" | "set" | "attributes">) {
  const [text, setText] = useState(() => JSON.stringify(value ?? null, null, 2));
  const element = useRef<HTMLTextAreaElement>(null);
  const problem = problemOf(text);
  useEffect(() => element.current?.setCustomValidity(problem ?? ""), [problem]);
  return (
    <>
      <textarea
        {...attributes}
        ref={element}
        rows={Math.min(Math.max(text.split("\n").length, 3), 24)}
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value);
          if (problemOf(currentTarget.value) === null) set(JSON.parse(currentTarget.value));
        }}
      />
      {problem !== null && <p class="field-problem">{problem}</p>}
    </>
  );
}

function problemOf(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return `This is not valid JSON yet: ${error instanceof Error ? error.message : ""}`;
  }
}
