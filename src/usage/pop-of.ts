import { NO_POP } from "./pace.ts";

/** The location of an isolate by its IATA code, as the platform states it with a request; `LOCAL` where there is none. */
export function popOf(colo: unknown): string {
  return typeof colo === "string" && /^[A-Z]{3}$/.test(colo) ? colo : NO_POP;
}
