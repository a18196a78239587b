/** What `npm start` creates through the public API, and finds again at the next start. */

/** The control plane of a running server. */
export interface ControlPlane {
  /** `http://127.0.0.1:port`. */
  url: string;
  adminToken: string;
}

/** A live key for each product. */
export interface DemoKeys {
  rescdn: string;
  resolvedb: string;
}

/** The demo's keys: the known ones if the server still accepts them, otherwise those of a new account. */
export async function demoKeys(api: ControlPlane, known: Record<keyof DemoKeys, string | null>): Promise<DemoKeys> {
  const rescdn = await ifTaken(`${api.url}/v1/zones`, "X-ResCDN-Key", "", known.rescdn);
  const resolvedb = await ifTaken(`${api.url}/api/v1/me`, "Authorization", "Bearer ", known.resolvedb);
  if (rescdn !== null && resolvedb !== null) return { rescdn, resolvedb };
  const create = (email: string) =>
    send(
      `${api.url}/admin/accounts`,
      "POST",
      { Authorization: `Bearer ${api.adminToken}` },
      { name: "Demo", email, plan: "pro" },
    );
  const answer = await create("demo@localhost.invalid");
  // An account with this address may exist, whose keys are lost.
  const made = answer.status === 409 ? await create(`demo-${crypto.randomUUID()}@localhost.invalid`) : answer;
  const { keys } = await expectStatus<{ keys: { live: string; resolvedb: string } }>(made, 201);
  return { rescdn: rescdn ?? keys.live, resolvedb: resolvedb ?? keys.resolvedb };
}

async function ifTaken(url: string, header: string, scheme: string, key: string | null): Promise<string | null> {
  if (key === null) return null;
  const answer = await fetch(url, { headers: { [header]: scheme + key } });
  await answer.body?.cancel();
  return answer.status === 401 ? null : key;
}

/** Makes sure that the zone exists, belongs to the key's account and has `origin` as its origin. */
export async function demoZone(api: ControlPlane, key: string, name: string, origin: string): Promise<void> {
  const headers = { "X-ResCDN-Key": key };
  const found = await fetch(`${api.url}/v1/zones/${name}`, { headers });
  if (found.status === 404) {
    const created = await send(`${api.url}/v1/zones`, "POST", headers, { name, origin });
    if (created.status === 409) {
      throw new Error(`the zone "${name}" belongs to an account whose key is not in .dev.vars: remove .wrangler/state`);
    }
    await expectStatus(created, 201);
    return;
  }
  const zone = await expectStatus<{ origin: string }>(found, 200);
  if (zone.origin === origin) return;
  await expectStatus(await send(`${api.url}/v1/zones/${name}`, "PATCH", headers, { origin }), 200);
}

/** A link that signs in whoever opens it as the owner of the key's account. @param dashboard its origin */
export async function demoSignInLink(
  { url, adminToken }: ControlPlane,
  key: string,
  dashboard: string,
): Promise<string> {
  const me = await fetch(`${url}/v1/me`, { headers: { "X-ResCDN-Key": key } });
  const { account } = await expectStatus<{ account: { id: string } }>(me, 200);
  const path = `/admin/accounts/${account.id}/sign-in-link`;
  const made = await fetch(url + path, { method: "POST", headers: { Authorization: `Bearer ${adminToken}` } });
  const link = await expectStatus<{ url: string }>(made, 201);
  return link.url.replace(/^https?:\/\/[^/]+/, dashboard);
}

function send(url: string, method: string, headers: Record<string, string>, body: unknown): Promise<Response> {
  return fetch(url, {
    method,
    headers: { ...headers, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

async function expectStatus<T>(answer: Response, status: number): Promise<T> {
  if (answer.status === status) return (await answer.json()) as T;
  throw new Error(`${answer.url} answered ${answer.status}: ${await answer.text()}`);
}
