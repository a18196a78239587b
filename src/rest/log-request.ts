import { log } from "../log/log.ts";

/** What is logged about an answered request: no keys, no addresses, and nothing that a client wrote except the method. */
export interface AnsweredRequest {
  requestId: string;
  method: string;
  /** The pattern that the path matched, since paths themselves contain names. */
  route: string;
  status: number;
  /** When the request arrived, ms since the epoch. */
  now: number;
  caller: { account: string; keyId: string } | undefined;
}

/** Logs an API's answer as one line of JSON. `ms`: how long it took. */
export function logRequest({ requestId, method, route, status, now, caller }: AnsweredRequest): void {
  log("api_request", {
    request_id: requestId,
    method,
    route,
    status,
    ms: Date.now() - now,
    account: caller?.account ?? null,
    key: caller?.keyId ?? null,
  });
}
