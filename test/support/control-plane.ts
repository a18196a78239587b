import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { expectDocumented } from "./documented.ts";

declare global {
  namespace Cloudflare {
    interface GlobalProps {
      mainModule: typeof import("../../src/worker.ts");
    }
  }
}

/** Stops the clock, and moves it by a second with each call, so that no publication waits for KV's next second. */
export function moveClockWithCalls(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

/** A request to the API, as a customer's program would send it. */
export interface Call {
  method?: string;
  key?: string;
  /** Sent as JSON; a string is sent unchanged. */
  body?: unknown;
  headers?: Record<string, string>;
}

let addresses = 0;

/** An address that no other call has, so that failed authentications hold up nobody else. */
function newAddress(): string {
  const number = ++addresses;
  return `198.18.${number >> 8}.${number & 255}`;
}

/** Sends a request through the Worker to the API's host, and checks it and its answer against the API's documents. */
export async function call(path: string, { method = "GET", key, body, headers = {} }: Call = {}): Promise<Response> {
  if (vi.isFakeTimers()) vi.setSystemTime(Date.now() + 1_000);
  const sent = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const fields = new Headers({
    "cf-connecting-ip": newAddress(),
    ...(key !== undefined && { "x-rescdn-key": key }),
    ...(body !== undefined && { "content-type": "application/json" }),
    ...headers,
  });
  const answer = await exports.default.fetch(`http://api.rescdn.localhost${path}`, {
    method,
    headers: fields,
    ...(sent !== undefined && { body: sent }),
  });
  await expectDocumented({ method, path, headers: fields, body: sent ?? null, answer });
  return answer;
}

/** An answer's text without the id of its request: everything else could reveal what exists. */
export async function textWithoutId(answer: Response): Promise<string> {
  return (await answer.text()).replace(/(?<="request_id":")\w+/, "");
}

/** An e-mail address that no other account has. */
export function newEmail(): string {
  return `ops-${crypto.randomUUID().slice(0, 8)}@acme.example`;
}

/** A new account's id and keys. */
export interface Customer {
  account: string;
  live: string;
  test: string;
  resolvedb: string;
}

export async function newCustomer(): Promise<Customer> {
  const answer = await call("/admin/accounts", {
    method: "POST",
    headers: { authorization: `Bearer ${env.ADMIN_TOKEN}` },
    body: { name: "Acme", email: newEmail() },
  });
  expect(answer.status).toBe(201);
  const { account, keys } = await answer.json<{ account: { id: string }; keys: Omit<Customer, "account"> }>();
  return { account: account.id, ...keys };
}

/**
 * The customer of a test file, whose clock moves with its calls. Its keys exist once tests run.
 *
 * @param before `beforeAll`: one for all tests; `beforeEach`: a new one for each
 */
export function customerOf(before: (make: () => Promise<void>) => void): Customer {
  moveClockWithCalls();
  const customer = {} as Customer;
  before(async () => {
    Object.assign(customer, await newCustomer());
  });
  return customer;
}

let names = 0;

/** A zone name that no other test has. */
export function newName(): string {
  return `assets-${++names}-${crypto.randomUUID().slice(0, 8)}`;
}

/** A zone as the API shows it. */
export interface ShownZone {
  id: string;
  name: string;
  subdomain: string;
  origin: string;
  created: string;
  active: boolean;
  mode: string;
  version: number;
  settings: Record<string, unknown>;
}

/** Creates a zone with a unique name. */
export async function newZone(key: string, body: object = {}): Promise<ShownZone> {
  const answer = await call("/v1/zones", {
    method: "POST",
    key,
    body: { name: newName(), origin: "https://origin.example.com", ...body },
  });
  expect(answer.status).toBe(201);
  return answer.json<ShownZone>();
}
