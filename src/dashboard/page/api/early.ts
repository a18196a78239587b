import { firstLoad } from "../../first-loads.ts";
import { account, chosenAccount, mode, session } from "../state/session.ts";

const reads = new Map<string, Promise<Response>>();

/** Asks for what the page shows first while it is still asked who is signed in; for the account that was chosen last. */
export function readEarly(): void {
  if (mode.value === "test") return;
  const headers = chosenAccount() === null ? undefined : { "x-rescdn-account": chosenAccount()! };
  for (const path of firstLoad(location.pathname, Date.now()).reads) {
    const read = fetch(path, { ...(headers && { headers }) });
    // Whoever takes it is told.
    read.catch(() => undefined);
    reads.set(path, read);
  }
}

/** Answers a call by what was asked for early, once, where that is the same for the same account; else asks. */
export async function fetchOnce(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const read = request.method === "GET" ? reads.get(pathname + search) : undefined;
  reads.delete(pathname + search);
  const asked = chosenAccount() ?? session.value?.accounts[0]?.id;
  if (read === undefined || mode.value === "test" || asked !== account.value?.id) return fetch(request);
  const answer = await read.catch(() => null);
  return answer?.ok ? answer : fetch(request);
}
