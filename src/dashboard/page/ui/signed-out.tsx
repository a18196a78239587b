import { useEffect } from "preact/hooks";
import { hasEnded, loadSession, session } from "../state/session.ts";
import { WaysToSignIn } from "../views/sign-in.tsx";
import { Dialog } from "./dialog.tsx";

/** Asks to sign in again over the page as it is. A link may be opened in another tab; this tab notices. */
export function SignedOut() {
  useEffect(() => {
    const look = () => document.visibilityState === "visible" && loadSession();
    addEventListener("focus", look);
    document.addEventListener("visibilitychange", look);
    const timer = setInterval(look, 5_000);
    return () => {
      removeEventListener("focus", look);
      document.removeEventListener("visibilitychange", look);
      clearInterval(timer);
    };
  }, []);
  return (
    <Dialog
      title="You have been signed out"
      close={() => {
        hasEnded.value = false;
      }}
    >
      <p class="hint">What you have typed is still there. Sign in again, here or by a link in another tab, to go on.</p>
      <WaysToSignIn known={session.value?.person.email ?? ""} />
    </Dialog>
  );
}
