import { useEffect, useRef, useState } from "preact/hooks";

/** How long typing must pause before the search: each search is a call. */
const PAUSE_MS = 250;

interface SearchProps {
  label: string;
  placeholder: string;
  /** The search text when the page was opened. */
  value: string;
  search(text: string): void;
}

/** Searches on the server for what is typed, when typing pauses. */
export function Search({ label, placeholder, value, search }: SearchProps) {
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const type = (typed: string) => {
    setText(typed);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => search(typed.trim()), PAUSE_MS);
  };
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={placeholder}
      value={text}
      onInput={({ currentTarget }) => type(currentTarget.value)}
    />
  );
}
