import { expect } from "vitest";
import { type Call, call } from "./control-plane.ts";

/** Sends a request to ResolveDB's REST API with a key, and checks what every answer must have. */
export async function rest(path: string, { key, headers, ...request }: Call = {}): Promise<Response> {
  const answer = await call(`/api/v1${path}`, {
    ...request,
    headers: { ...(key !== undefined && { authorization: `Bearer ${key}` }), ...headers },
  });
  expectEveryAnswer(answer);
  return answer;
}

/** What the contract and we promise for each answer, whatever its status. */
export function expectEveryAnswer({ headers, status }: Response): void {
  for (const name of ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"])
    expect(headers.get(name), `${name} of a ${status}`).toMatch(/^\d+$/);
  expect(headers.get("x-request-id")).toMatch(/^req_\w{20}$/);
  expect(headers.get("cache-control")).toBe("no-store");
  expect(headers.get("x-content-type-options")).toBe("nosniff");
}

/** The error object of the contract. */
export interface RestError {
  error: { code: string; message: string; details: { field: string; message: string }[] };
}

/** An answer's error, which must have this status and code. */
export async function errorOf(answer: Response, status: number, code: string): Promise<RestError["error"]> {
  const { error } = await answer.json<RestError>();
  expect([answer.status, error.code]).toEqual([status, code]);
  expect(Object.keys(error)).toEqual(["code", "message", "details"]);
  expect(error.message.length).toBeGreaterThan(0);
  return error;
}

/** A record as the API shows it. */
export interface ShownRecord {
  id: string;
  key: string;
  data: string;
  namespace: string;
  resource: string;
  version: string;
  ttl: number;
  dns_query?: string;
  created_at: string;
  updated_at: string;
}

/** Stores a record. */
export async function newRecord(key: string, recordKey: string, more: object = {}): Promise<ShownRecord> {
  const answer = await rest("/records", {
    method: "POST",
    key,
    body: { record: { key: recordKey, data: btoa("{}"), ...more } },
  });
  expect(answer.status).toBe(201);
  return (await answer.json<{ record: ShownRecord }>()).record;
}

let namespaces = 0;

/** A namespace's name that no other test has. */
export function newNamespaceName(): string {
  return `app-${++namespaces}-${crypto.randomUUID().slice(0, 8)}`;
}
