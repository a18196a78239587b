import type { ComponentChildren } from "preact";
import { AsCurl, type Call } from "./as-curl.tsx";
import { Dialog } from "./dialog.tsx";
import { Problem } from "./problem.tsx";
import type { Action } from "./use-action.ts";

interface FormDialogProps {
  title: string;
  action: Action<[]>;
  /** The label of the button that sends it. */
  verb: string;
  danger?: boolean;
  /** Whether the input can be sent yet. */
  isReady?: boolean;
  curl?: Call;
  close(): void;
  children: ComponentChildren;
}

/** A form that has to be filled in, or closed, before anything else. */
export function FormDialog(props: FormDialogProps) {
  const { title, action, verb, danger = false, isReady = true, curl, close, children } = props;
  const submit = (event: Event) => {
    event.preventDefault();
    action.run();
  };
  return (
    <Dialog title={title} close={close}>
      <form onSubmit={submit}>
        {children}
        <Problem problem={action.problem} />
        <div class="buttons">
          <button type="submit" class={danger ? "button danger" : "button"} disabled={action.isRunning || !isReady}>
            {verb}
          </button>
          <button type="button" class="button quiet" onClick={close}>
            Cancel
          </button>
        </div>
        {curl && <AsCurl {...curl} />}
      </form>
    </Dialog>
  );
}
