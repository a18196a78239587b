import icon from "../icon.svg";
import { useTitle } from "../ui/use-title.ts";

/** For visitors who are not signed in: an introduction on one screen. */
export function Landing() {
  useTitle("An edge CDN that you can read");
  return (
    <div class="landing">
      <header>
        <a class="brand" href="/">
          <img src={icon} alt="" width="28" height="28" />
          ResCDN
        </a>
        <nav aria-label="Main">
          <a href="/docs">Guides</a>
          <a href="/docs/api">API reference</a>
          <a class="button" href="/sign-in">
            Sign in
          </a>
        </nav>
      </header>
      <main>
        <h1>Your assets, close to whoever asks for them.</h1>
        <p class="lead">
          Name a zone, point it at your server, and its files are served from the edge: with the right type, kept as
          long as HTTP allows, purged within seconds.
        </p>
        <p class="buttons">
          <a class="button" href="/sign-in">
            Start with a zone
          </a>
          <a class="button quiet" href="/docs">
            Read the guides
          </a>
        </p>
        <figure class="example">
          <pre>
            <span class="muted">$</span> curl -sI https://my-assets.rescdn.io/style.css{"\n"}
            content-type: text/css; charset=utf-8{"\n"}
            cache-status: ResCDN; <strong>hit</strong>; ttl=86395
          </pre>
        </figure>
        <dl class="facts">
          <div>
            <dt>Correct</dt>
            <dd>HTTP caching to the letter of RFC 9111. Every answer says whether it was a hit, and why if not.</dd>
          </div>
          <div>
            <dt>Exact</dt>
            <dd>Each request is counted once. The numbers that you see are exact.</dd>
          </div>
          <div>
            <dt>Yours to run</dt>
            <dd>One Worker, on a laptop with one command, on the edge network with one more.</dd>
          </div>
        </dl>
      </main>
    </div>
  );
}
