import { useState } from "preact/hooks";
import { call } from "../api/sign-in.ts";
import { loadSession, session } from "../state/session.ts";
import { Problem } from "../ui/problem.tsx";
import { useAction } from "../ui/use-action.ts";
import { whereTo } from "./sign-in.tsx";
import { SignInFrame } from "./sign-in-frame.tsx";

/**
 * Opened by a mailed link. It signs in only when the button is pressed, so that a mail scanner that opens the page uses nothing
 * up, and nobody is signed in without knowing.
 */
export function SignInLink() {
  const [token] = useState(location.hash.slice(1));
  const use = useAction(async () => {
    await call("/links/use", { token });
    history.replaceState(null, "", "/sign-in/link");
    await loadSession();
    location.replace(whereTo());
  });
  return (
    <SignInFrame>
      {session.value && <p>You are signed in as {session.value.person.email}. The link may be for somebody else.</p>}
      <Problem problem={use.problem} />
      {use.problem === null ? (
        <button type="button" class="button wide" disabled={use.isRunning || token === ""} onClick={() => use.run()}>
          Sign in to ResCDN
        </button>
      ) : (
        <a class="button wide" href="/sign-in">
          Ask for a new link
        </a>
      )}
      {token === "" && <p class="hint">This address lacks the link's code: open the link from the mail again.</p>}
    </SignInFrame>
  );
}
