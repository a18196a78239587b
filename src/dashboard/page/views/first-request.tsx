import type { Schemas } from "../api/client.ts";
import { Snippet } from "../ui/snippet.tsx";
import { addressOf } from "./zone.tsx";

/** For a zone that has served nothing in the period: how to use it. */
export function FirstRequest({ zone }: { zone: Schemas["Zone"] }) {
  const address = addressOf(zone.subdomain);
  return (
    <div class="card reading">
      <h2>No requests in this time</h2>
      <p>
        What <code>{zone.origin}</code> serves at a path, <code>{zone.subdomain}</code> serves at the same path. Numbers
        arrive here within seconds of a request.
      </p>
      <Snippet label="In a page" code={`<link rel="stylesheet" href="${address}/style.css">`} />
      <Snippet label="In a terminal: X-Cache says MISS, the second time HIT" code={`curl -sI ${address}/style.css`} />
    </div>
  );
}
