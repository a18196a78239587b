import icon from "../icon.svg";
import { useTitle } from "../ui/use-title.ts";

/** What a visitor sees who is not signed in: what this is, in one screen. */
export function Home() {
  useTitle("An edge CDN that you can read");
  return (
    <main class="landing">
      <header class="landing-head">
        <a class="brand" href="/">
          <img src={icon} alt="" width="28" height="28" /> ResCDN
        </a>
        <nav>
          <a href="/docs">API</a>
          <a class="button" href="/sign-in">
            Sign in
          </a>
        </nav>
      </header>
      <h1>Your assets, close to whoever asks for them</h1>
    </main>
  );
}
