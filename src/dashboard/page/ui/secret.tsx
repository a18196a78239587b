import { Copy } from "./copy.tsx";
import { Dialog } from "./dialog.tsx";

/** Shows a secret, only this once. */
export function Secret({ title, secret, close }: { title: string; secret: string; close(): void }) {
  return (
    <Dialog title={title} close={close}>
      <p>Copy it now: it is shown only this once, and nobody can read it again.</p>
      <p class="secret">
        <code>{secret}</code>
        <Copy text={secret} />
      </p>
      <div class="buttons">
        <button type="button" class="button" onClick={close}>
          I have copied it
        </button>
      </div>
    </Dialog>
  );
}
