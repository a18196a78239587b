import { useTitle } from "../ui/use-title.ts";

/** Shown for a path without a page. */
export function NotFound() {
  useTitle("Not found");
  return (
    <main class="centered">
      <h1>There is no page here</h1>
      <p>The address may be mistyped, or what it led to may have been deleted.</p>
      <p>
        <a class="button" href="/">
          Go to the start page
        </a>
      </p>
    </main>
  );
}
