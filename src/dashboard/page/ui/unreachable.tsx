import { loadSession } from "../state/session.ts";
import { useAction } from "./use-action.ts";

/** Shown if nobody answers when the page is opened. */
export function Unreachable() {
  const again = useAction(loadSession);
  return (
    <main class="narrow">
      <div class="card" role="alert">
        <h1>The server cannot be reached</h1>
        <p>Check your connection, and try again.</p>
        <button type="button" class="button" disabled={again.isRunning} onClick={() => again.run()}>
          Try again
        </button>
      </div>
    </main>
  );
}
