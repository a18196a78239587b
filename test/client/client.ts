import { env, exports } from "cloudflare:workers";
import createClient from "openapi-fetch";
import type { paths as RescdnPaths } from "../../dist/api-types/rescdn.d.ts";
import type { paths as ResolvedbPaths } from "../../dist/api-types/resolvedb.d.ts";
import { expectDocumented } from "../support/documented.ts";

const baseUrl = "http://api.rescdn.localhost";

/** What a customer's program makes of the document of `/v1`. */
export function rescdnClient(key: string) {
  return createClient<RescdnPaths>({ baseUrl, headers: { "X-ResCDN-Key": key }, fetch: sendToWorker });
}

/** The operator's. */
export function operatorClient() {
  return createClient<RescdnPaths>({
    baseUrl,
    headers: { Authorization: `Bearer ${env.ADMIN_TOKEN}` },
    fetch: sendToWorker,
  });
}

/** What a customer's program makes of the document of `/api/v1`. */
export function resolvedbClient(key: string) {
  return createClient<ResolvedbPaths>({ baseUrl, headers: { Authorization: `Bearer ${key}` }, fetch: sendToWorker });
}

/** Sends a request through the Worker, and holds it and its answer to the documents. */
async function sendToWorker(request: Request): Promise<Response> {
  const { method, headers } = request;
  const { pathname, search } = new URL(request.url);
  const body = request.body === null ? null : await request.clone().text();
  const answer = await exports.default.fetch(request);
  await expectDocumented({ method, path: pathname + search, headers, body, answer });
  return answer;
}
