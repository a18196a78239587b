import { newId } from "../../db/new-id.ts";
import { log } from "../../log/log.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import { refuse } from "./refusal.ts";
import type { Answer } from "./send.ts";

/** The answer to a request on which the edge itself failed. The failure is logged. */
export function failure(request: Request, error: unknown, zone: ZoneDocument | null = null): Answer {
  // Whoever reads a token can use it.
  const url = request.url.split("?", 1)[0]!.replace(/\/bcdn_token=[^/]*/, "");
  const requestId = newId("req");
  log("uncaught", { request_id: requestId, url, error });
  return refuse("internal", request, zone, { "x-request-id": requestId }, { request_id: requestId });
}
