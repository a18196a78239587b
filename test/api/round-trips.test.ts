import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import { moveClockWithCalls, newCustomer, newZone } from "../support/control-plane.ts";
import { countedEnv, type RoundTrips } from "../support/counted-env.ts";
import { handleApi } from "../support/handle-api.ts";
import { newKey } from "../support/keys.ts";

let key: string;
let keyId: string;
let zone: string;

moveClockWithCalls();
beforeAll(async () => {
  const { live } = await newCustomer();
  zone = (await newZone(live)).id;
  ({ token: key, id: keyId } = await newKey(live));
});

/** What an answered call asks of D1 and of Durable Objects. */
async function tripsOf(path: string, init: RequestInit = {}): Promise<RoundTrips> {
  const counted = countedEnv(env);
  const headers = { "x-rescdn-key": key, "content-type": "application/json", ...init.headers };
  const request = new Request(`http://api.rescdn.io${path}`, { ...init, headers });
  const answer = await handleApi(request, counted.env, createExecutionContext());
  expect(answer.ok, await answer.text()).toBe(true);
  return counted.trips;
}

const post = (body: object, headers = {}) => ({ method: "POST", body: JSON.stringify(body), headers });

// One read of D1 and one call of the rate limiter let a caller in; the rest is what was asked for.
it.each<[string, () => Promise<RoundTrips>, RoundTrips]>([
  ["GET /v1/zones", () => tripsOf("/v1/zones"), { d1: 2, durableObject: 1 }],
  ["GET /v1/zones/:id", () => tripsOf(`/v1/zones/${zone}`), { d1: 2, durableObject: 1 }],
  ["GET /v1/keys", () => tripsOf("/v1/keys"), { d1: 2, durableObject: 1 }],
  ["GET /v1/keys/:id", () => tripsOf(`/v1/keys/${keyId}`), { d1: 2, durableObject: 1 }],
  ["GET /v1/audit", () => tripsOf("/v1/audit"), { d1: 2, durableObject: 1 }],
  ["GET /v1/me", () => tripsOf("/v1/me"), { d1: 3, durableObject: 1 }],
  ["POST /v1/keys", () => tripsOf("/v1/keys", post({ name: "x" })), { d1: 2, durableObject: 1 }],
  [
    "POST /v1/keys with an Idempotency-Key",
    () => tripsOf("/v1/keys", post({ name: "x" }, { "idempotency-key": "k" })),
    { d1: 4, durableObject: 1 },
  ],
])("%s costs so many round trips to D1 and calls of Durable Objects", async (_, trips, expected) => {
  expect(await trips()).toEqual(expected);
});
