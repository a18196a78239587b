import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { limiterOf } from "../../src/accounts/admit.ts";
import { callLimits } from "../../src/accounts/call-limits.ts";
import { call } from "./control-plane.ts";

/** A key as the API shows it. */
export interface ShownKey {
  id: string;
  name: string;
  prefix: string;
  mode: string;
  scopes: string[];
  zones: string[] | null;
  created: string;
  expires: string | null;
  last_used: string | null;
  revoked: string | null;
}

export type ShownNewKey = ShownKey & { token: string };

/** Counts calls of a key in any 60 seconds, as the API does before answering: as if they had been made. */
export function takeCalls(account: string, keyId: string, calls: number, limits = callLimits("free", "rescdn")) {
  const limiter = env.RATE_LIMITER.getByName(limiterOf(account, "rescdn"));
  return Promise.all(Array.from({ length: calls }, () => limiter.take({ keyId, countedAs: keyId, limits })));
}

/** Creates a key with another key. */
export async function newKey(key: string, body: object = {}): Promise<ShownNewKey> {
  const answer = await call("/v1/keys", { method: "POST", key, body: { name: "new", ...body } });
  expect(answer.status).toBe(201);
  return answer.json<ShownNewKey>();
}

/** All keys that a key can see, in pages of a given length. */
export async function keysSeenBy(key: string, limit = 100): Promise<ShownKey[]> {
  const seen: ShownKey[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const answer: Response = await call(`/v1/keys?limit=${limit}${cursor && `&cursor=${cursor}`}`, { key });
    expect(answer.status).toBe(200);
    const page: { keys: ShownKey[]; next_cursor: string | null } = await answer.json();
    seen.push(...page.keys);
    cursor = page.next_cursor;
  }
  return seen;
}
