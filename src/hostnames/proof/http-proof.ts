import { PROOF_PATH } from "../../hosts.ts";
import { DEVICE } from "../../http/targeted-cache-control.ts";
import { log } from "../../log/log.ts";
import { checkEndpoint, checkOrigin } from "../../origin-guard/origin-guard.ts";
import type { OriginPolicy } from "../../origin-guard/origin-policy.ts";
import { readBounded } from "./read-bounded.ts";

/** Whether a server shows a token; the reason is a sentence without its full stop. */
export type HttpProof = { ok: true } | { ok: false; reason: string };

const TIMEOUT_MS = 5_000;
const LONGEST_BODY = 1_024;

/**
 * Asks the server that a hostname leads to for the token. Only a hostname that does not lead to this network may be asked: an
 * answer from a zone here would prove nothing. A page that merely repeats its URL does not show the token, since the URL does
 * not contain it.
 *
 * @param addresses of the hostname
 */
export async function httpProof(
  hostname: string,
  token: string,
  addresses: readonly string[],
  policy: OriginPolicy,
): Promise<HttpProof> {
  if (addresses.length === 0) return no(`${hostname} has no address, so there is no server to ask for the file`);
  // Asked over http, as certificate authorities do: the server may have no certificate yet.
  const rules = { ...policy, allowHttp: true };
  const verdict = checkEndpoint(`http://${hostname}${PROOF_PATH}`, rules);
  if (!verdict.ok) return no(`${hostname} cannot be asked for the file: it ${verdict.reason}`);
  const isReachable = (address: string) =>
    checkOrigin(`http://${address.includes(":") ? `[${address}]` : address}`, rules).ok;
  if (!addresses.every(isReachable)) return no(`${hostname} has an address that is not public`);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(verdict.url, {
      // If it leads to this network after all, the edge refuses the request because of `cdn-loop`.
      headers: { accept: "text/plain", "user-agent": "ResCDN", "cdn-loop": DEVICE },
      cache: "no-store", // never from the cache of our own Cloudflare zone
      redirect: "manual",
      signal,
    });
    if (response.status !== 200) {
      await response.body?.cancel().catch(() => undefined); // only the status counts
      return no(`${verdict.url} answers with status ${response.status}, not with the file`);
    }
    const body = await readBounded(response.body, LONGEST_BODY);
    if (body === null) return no(`${verdict.url} answers with more than the token`);
    return new TextDecoder().decode(body).trim() === token ? { ok: true } : no(`${verdict.url} holds another text`);
  } catch (error) {
    if (signal.aborted) return no(`${hostname} did not answer within ${TIMEOUT_MS / 1_000} seconds`);
    log("http_proof_failed", { error });
    return no(`${hostname} could not be reached by http`);
  }
}

function no(reason: string): HttpProof {
  return { ok: false, reason };
}
