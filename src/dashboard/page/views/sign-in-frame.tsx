import type { ComponentChildren } from "preact";
import icon from "../icon.svg";
import { useTitle } from "../ui/use-title.ts";

/** The frame of the pages for signing in. */
export function SignInFrame({ children }: { children: ComponentChildren }) {
  useTitle("Sign in");
  return (
    <main class="narrow">
      <a class="brand" href="/">
        <img src={icon} alt="" width="28" height="28" />
        ResCDN
      </a>
      <div class="card">
        <h1>Sign in</h1>
        {children}
      </div>
    </main>
  );
}
