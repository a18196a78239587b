import { NO_POP } from "./pace.ts";

/** The location of an isolate as an IATA code, which the platform states with a request; `LOCAL`: there is none. */
export function popOf(colo: unknown): string {
  return typeof colo === "string" && /^[A-Z]{3}$/.test(colo) ? colo : NO_POP;
}
