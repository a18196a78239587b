import { useEffect } from "preact/hooks";
import type { Schemas } from "../api/client.ts";
import { Snippet } from "../ui/snippet.tsx";
import { addressOf } from "./address-of.ts";

const LOOK_MS = 3_000;

/** For a zone that has served nothing in the period: how to use it. Waits for the first request. */
export function FirstRequest({ zone, look }: { zone: Schemas["Zone"]; look(): void }) {
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && look(), LOOK_MS);
    return () => clearInterval(timer);
  }, [look]);
  const address = addressOf(zone.subdomain);
  return (
    <div class="card reading">
      <h2>No requests in this time</h2>
      {zone.origin.startsWith("r2://") ? (
        <p>
          What you upload under <a href={`/zones/${zone.name}/files`}>Files</a>, <code>{zone.subdomain}</code> serves at
          the same path.
        </p>
      ) : (
        <p>
          What <code>{zone.origin}</code> serves at a path, <code>{zone.subdomain}</code> serves at the same path.
        </p>
      )}
      <Snippet label="In a page" code={`<link rel="stylesheet" href="${address}/style.css">`} />
      <Snippet label="In a terminal: X-Cache says MISS, the second time HIT" code={`curl -sI ${address}/style.css`} />
      <p class="waiting" role="status">
        Waiting for a request: it will appear here within seconds.
      </p>
    </div>
  );
}
