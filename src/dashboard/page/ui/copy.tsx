import { useState } from "preact/hooks";

/** Copies a text, and says that it has. */
export function Copy({ text, label = "Copy" }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <button type="button" class="button quiet small" onClick={copy}>
      {copied ? "Copied" : label}
      <span class="unseen" aria-live="polite">
        {copied ? "Copied" : ""}
      </span>
    </button>
  );
}
