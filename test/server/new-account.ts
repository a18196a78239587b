import { request } from "./request.ts";

/** The operator's token of the servers that tests start. */
export const ADMIN_TOKEN = "operator-token-of-the-servers-under-test";

/** A key of each kind. */
export interface Keys {
  live: string;
  test: string;
  resolvedb: string;
}

/**
 * The keys of a new account on a server that was started with {@link ADMIN_TOKEN}.
 *
 * @param plan the server's default where it is left out
 * @throws where the server does not make one
 */
export async function newAccount(port: number, plan?: "free" | "pro" | "enterprise"): Promise<Keys> {
  const answer = await request(port, "api.rescdn.localhost", "/admin/accounts", {
    method: "POST",
    headers: { Authorization: `Bearer ${ADMIN_TOKEN}` },
    body: { name: "Acme", email: `ops-${crypto.randomUUID()}@acme.example`, plan },
  });
  if (answer.status !== 201) throw new Error(`no account: ${answer.status} ${answer.body}`);
  return (JSON.parse(answer.body) as { keys: Keys }).keys;
}
