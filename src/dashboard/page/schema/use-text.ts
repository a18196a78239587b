import { useState } from "preact/hooks";

/** The text of a value being edited. It stays as typed while it means the value, such as a list with an empty last line. */
export function useText(value: unknown, format: (value: unknown) => string, parse: (text: string) => unknown) {
  const [text, setText] = useState(() => format(value));
  const isSame = JSON.stringify(parse(text)) === JSON.stringify(value);
  return [isSame ? text : format(value), setText] as const;
}
