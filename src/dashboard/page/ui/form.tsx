import type { ComponentChildren } from "preact";
import { Problem } from "./problem.tsx";
import type { Action } from "./use-action.ts";

interface FormProps {
  title?: string;
  action: Action<[]>;
  /** The label of the button that sends it. */
  verb: string;
  danger?: boolean;
  /** Inside an existing card. */
  isInside?: boolean;
  /** Done instead of the action, such as asking a question first. */
  instead?: (() => void) | undefined;
  /** Beside the button. */
  others?: ComponentChildren;
  /** After the buttons. */
  after?: ComponentChildren;
  children: ComponentChildren;
}

/** A form on a card: the inputs, what was wrong with them, and the button that sends it. */
export function Form({ title, action, verb, danger, isInside, instead, others, after, children }: FormProps) {
  const submit = (event: Event) => {
    event.preventDefault();
    if (instead) instead();
    else action.run();
  };
  return (
    <form class={isInside ? "reading" : "card reading"} onSubmit={submit}>
      {title && <h2>{title}</h2>}
      {children}
      <Problem problem={action.problem} />
      <div class="buttons">
        <button type="submit" class={danger ? "button danger" : "button"} disabled={action.isRunning}>
          {verb}
        </button>
        {others}
      </div>
      {after}
    </form>
  );
}
