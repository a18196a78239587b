import type { ComponentChildren } from "preact";
import icon from "../icon.svg";
import { useTitle } from "../ui/use-title.ts";

/** What the pages have in common on which people sign in. */
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
