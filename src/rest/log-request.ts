import { log } from "../log/log.ts";

/** What of an answered request is logged: neither keys nor addresses nor anything that a client has written but the method. */
export interface AnsweredRequest {
  requestId: string;
  method: string;
  /** The pattern that the path matched: paths themselves hold names. */
  route: string;
  status: number;
  /** When the request arrived, ms since the epoch. */
  now: number;
  caller: { account: string; keyId: string } | undefined;
}

/** Logs an answer of an API in one line of JSON. `ms`: how long it took. */
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
