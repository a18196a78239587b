import type { Word } from "../api/why.ts";
import { Text } from "../ui/text.tsx";

/** Why it is so, the law or setting behind it, and what to do about it. */
export function WhyWord({ word: { word, means, law, setting, cure } }: { word: Word }) {
  return (
    <div class="preview">
      <p>
        <code>{word}</code> <Text text={means} />
        {law !== null && <span class="muted"> {law}.</span>}
        {setting !== null && (
          <span class="muted">
            {" "}
            Setting <code>{setting}</code>.
          </span>
        )}
      </p>
      {cure !== "" && (
        <p>
          <Text text={cure} />
        </p>
      )}
    </div>
  );
}
