import { firstLoad } from "../../first-loads.ts";
import { account, chosenAccount, mode, session } from "../state/session.ts";

const reads = new Map<string, Promise<Response>>();

/** Requests what the page shows first, while it is still finding out who is signed in; for the account that was last chosen. */
export function readEarly(): void {
  if (mode.value === "test") return;
  const headers = chosenAccount() === null ? undefined : { "x-rescdn-account": chosenAccount()! };
  for (const path of firstLoad(location.pathname, Date.now()).reads) {
    const read = fetch(path, { ...(headers && { headers }) });
    // The caller that uses it gets the error.
    read.catch(() => undefined);
    reads.set(path, read);
  }
}

/**
 * Answers a call with what was requested early, once, if it is the same call for the same account; otherwise makes the call.
 */
export async function fetchOnce(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const read = request.method === "GET" ? reads.get(pathname + search) : undefined;
  reads.delete(pathname + search);
  const asked = chosenAccount() ?? session.value?.accounts[0]?.id;
  if (read === undefined || mode.value === "test" || asked !== account.value?.id) return fetch(request);
  const answer = await read.catch(() => null);
  return answer?.ok ? answer : fetch(request);
}
