import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { AsCurl, type Call } from "./as-curl.tsx";
import { Confirm } from "./confirm.tsx";

/** A question before something is done that cannot be undone, or that others will notice. */
export interface Question {
  title: string;
  /** The label of the button that does it. */
  verb: string;
  text: ComponentChildren;
  /** Has to be typed first. */
  typed?: string;
  act(): Promise<unknown>;
  /** The call that does it. */
  curl?: Call;
}

/** The open question, for the view to show, and a function that opens one. */
export function useQuestion(): [shown: ComponentChildren, ask: (question: Question) => void] {
  const [question, setQuestion] = useState<Question | null>(null);
  const shown = question !== null && (
    <Confirm
      title={question.title}
      verb={question.verb}
      {...(question.typed !== undefined && { typed: question.typed })}
      act={async () => {
        await question.act();
      }}
      close={() => setQuestion(null)}
    >
      <div>{question.text}</div>
      {question.curl && <AsCurl {...question.curl} />}
    </Confirm>
  );
  return [shown, setQuestion];
}
