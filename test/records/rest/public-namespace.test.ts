import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { handleRecordsApi } from "../../../src/records/rest/app.ts";
import { settingsOf } from "../../../src/settings.ts";
import { type Customer, moveClockWithCalls, newCustomer } from "../../support/control-plane.ts";
import { parseResponse, unmarshal } from "../../support/go-client.ts";
import { textOf } from "../../support/records.ts";
import { errorOf } from "../../support/records-api.ts";

let owner: Customer;
let stranger: Customer;

moveClockWithCalls();
beforeAll(async () => {
  owner = await newCustomer();
  stranger = await newCustomer();
});

/** A call to a server whose operator has named `owner`'s account. */
async function call(customer: Customer, method: string, path: string, body: unknown): Promise<Response> {
  vi.setSystemTime(Date.now() + 1_000);
  const headers = { authorization: `Bearer ${customer.resolvedb}`, "content-type": "application/json" };
  const request = new Request(`http://api.resolvedb.localhost/api/v1${path}`, {
    method,
    headers,
    body: JSON.stringify(body),
  });
  const bindings = { ...env, PUBLIC_NAMESPACE_ACCOUNT: owner.account };
  return handleRecordsApi(request, bindings, createExecutionContext());
}
const store = (customer: Customer, key: string, data: unknown) =>
  call(customer, "POST", "/records", { record: { key, data: btoa(JSON.stringify(data)) } });

describe("the namespace public", () => {
  it("is written by the account that the operator names, and read by clients without a configuration", async () => {
    const weather = { location: "Quebec", temp_c: -7.2 };
    expect((await store(owner, "quebec.weather.Public.v1", weather)).status).toBe(201);
    expect(unmarshal(parseResponse(await textOf("get.quebec.weather.public.v1.resolvedb.net")))).toEqual(weather);
    expect(unmarshal(parseResponse(await textOf("list.weather.public.v1.resolvedb.net")))).toEqual(["quebec"]);
  });

  it("stays reserved for all others, and the other reserved names for all", async () => {
    for (const [customer, name] of [
      [stranger, "public"],
      [owner, "system"],
      [owner, "resolvedb"],
      [owner, "rescdn"],
    ] as const) {
      const { message } = await errorOf(await store(customer, `a.${name}.v1`, 1), 403, "authorization_error");
      expect(message).toBe(`The namespace ${name} is reserved`);
      await errorOf(await call(customer, "POST", "/namespaces", { namespace: { name } }), 403, "authorization_error");
    }
  });

  it("is not made private: clients without a token read it", async () => {
    const namespace = { name: "public", visibility: "private" };
    for (const [method, path, body] of [
      ["POST", "/namespaces", { namespace }],
      ["PATCH", "/namespaces/PUBLIC", { namespace: { visibility: "private" } }],
    ] as const) {
      const { details } = await errorOf(await call(owner, method, path, body), 422, "validation_error");
      expect(details).toMatchObject([{ field: "namespace.visibility", message: expect.stringContaining("public") }]);
    }
  });
});

it("a setting that is no account's id is refused", () => {
  expect(() => settingsOf({ ...env, PUBLIC_NAMESPACE_ACCOUNT: "ops@example.com" })).toThrow(/PUBLIC_NAMESPACE_ACCOUNT/);
  expect(settingsOf({ ...env, PUBLIC_NAMESPACE_ACCOUNT: "" }).publicNamespaceAccount).toBeNull();
});
