import { useState } from "preact/hooks";

interface CopyProps {
  text: string;
  /** What is copied, for screen readers, if there are several such buttons. */
  of?: string;
  label?: string;
}

/** Copies a text, and says so. */
export function Copy({ text, of, label = "Copy" }: CopyProps) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <button type="button" class="button quiet small" onClick={copy}>
      {copied ? "Copied" : label}
      {of !== undefined && <span class="unseen"> {of}</span>}
      <span class="unseen" aria-live="polite">
        {copied ? "Copied" : ""}
      </span>
    </button>
  );
}
