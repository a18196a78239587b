import type { ZoneDocument } from "../../zones/zone.ts";
import { refuse } from "./refusal.ts";
import type { Answer } from "./send.ts";

/** The answer to a request on which the edge itself failed, which is logged. */
export function failure(request: Request, error: unknown, zone: ZoneDocument | null = null): Answer {
  const [url] = request.url.split("?", 1);
  console.error(
    JSON.stringify({ event: "uncaught", url, error: error instanceof Error ? error.stack : String(error) }),
  );
  return refuse("internal", request, zone);
}
