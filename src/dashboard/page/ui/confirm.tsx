import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { FormDialog } from "./form-dialog.tsx";
import { useAction } from "./use-action.ts";

interface ConfirmProps {
  title: string;
  /** What will happen, and what cannot be undone. */
  children: ComponentChildren;
  /** The label of the button, such as "Delete the zone". */
  verb: string;
  /** Has to be typed first if much would be lost. */
  typed?: string;
  /** Whether something is lost by it; true by default. */
  danger?: boolean;
  act(): Promise<void>;
  close(): void;
}

/** Asks before something is destroyed. */
export function Confirm({ title, children, verb, typed, danger = true, act, close }: ConfirmProps) {
  const [text, setText] = useState("");
  const action = useAction(async () => {
    await act();
    close();
  });
  return (
    <FormDialog
      title={title}
      action={action}
      verb={verb}
      danger={danger}
      isReady={typed === undefined || text === typed}
      close={close}
    >
      {children}
      {typed !== undefined && (
        <label class="field">
          <span>
            Type <code>{typed}</code> to confirm
          </span>
          <input value={text} onInput={({ currentTarget }) => setText(currentTarget.value)} autocomplete="off" />
        </label>
      )}
    </FormDialog>
  );
}
