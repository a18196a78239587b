import { beforeAll, describe, expect, it } from "vitest";
import { call, customerOf, newZone } from "../support/control-plane.ts";
import { operationsOfApi } from "../support/operations.ts";
import { OPERATOR, operate } from "../support/operator.ts";
import { rest } from "../support/records-api.ts";

const customer = customerOf(beforeAll);

interface Detail {
  field: string;
  message: string;
}

async function detailsOf(answer: Response): Promise<Detail[]> {
  expect(answer.status).toBe(422);
  const body = await answer.json<{ details?: Detail[]; error: { details?: Detail[] } }>();
  return body.details ?? body.error.details!;
}

const operators = (await operationsOfApi()).filter(({ path }) => path.startsWith("/admin/"));

describe("a call of the operator's", () => {
  it.each(operators)(
    "$title names a parameter that it does not know, and does nothing",
    async ({ method, path, operation }) => {
      const at = path.replace("{id}", path.includes("accounts") ? customer.account : "take_missing");
      const answer = await call(`${at}?soft=1`, {
        method,
        headers: OPERATOR,
        ...(operation.requestBody && { body: { reason: "x", revoke_keys: false, plan: "pro" } }),
      });
      const [detail] = await detailsOf(answer);
      expect(detail).toEqual({ field: "soft", message: expect.stringMatching(/^is not a known parameter; /) });
      const { account } = await (await operate(`/accounts/${customer.account}`)).json<{ account: object }>();
      expect(account).toMatchObject({ state: "active", plan: "free" });
    },
  );
});

describe("a POST that takes no body", () => {
  const taken = { field: "body", message: "must be left out: this call takes none" };

  it("refuses one, of the operator as of a customer", async () => {
    expect(await detailsOf(await operate(`/accounts/${customer.account}/resume`, { reason: "x" }))).toEqual([taken]);
    const test = await rest("/webhooks/hook_missing/test", { method: "POST", key: customer.resolvedb, body: { x: 1 } });
    expect(await detailsOf(test)).toEqual([taken]);
  });

  it("takes an empty object for none", async () => {
    expect((await operate(`/accounts/${customer.account}/resume`, {})).status).toBe(200);
  });
});

describe("a field that is wrong in two ways", () => {
  it("has one sentence, that of its own bound", async () => {
    const quota = await call("/v1/quota", { method: "PATCH", key: customer.live, body: { requests_cap: 1e16 } });
    expect(await detailsOf(quota)).toEqual([{ field: "requests_cap", message: "must be at most 1000000000000000" }]);
    const purge = await call("/v1/purge", { method: "POST", key: customer.live, body: { zone: "x", tags: [""] } });
    expect(await detailsOf(purge)).toEqual([{ field: "tags.0", message: "must not be empty" }]);
  });
});

describe("a setting that could not work", () => {
  it.each([
    [
      { forward: { headers: ["X-*"] } },
      "settings.forward.headers.0",
      'has a *, which has no special meaning here: list each header, or say "all"',
    ],
    [{ query: ["ids%5B%5D"] }, "settings.query.0", "must be written as it is decoded, such as a[] for a%5B%5D"],
    [
      { query: { except: ["utm%5F*"] } },
      "settings.query.except.0",
      "must be written as it is decoded, such as a[] for a%5B%5D",
    ],
  ])("is refused: %j", async (settings, field, message) => {
    const { id } = await newZone(customer.live);
    const answer = await call(`/v1/zones/${id}`, { method: "PATCH", key: customer.live, body: { settings } });
    expect(await detailsOf(answer)).toEqual([{ field, message }]);
  });
});

describe("what a purge says that it purged", () => {
  it("names a thing once, however it was spelled, also as pages refer to it", async () => {
    const { id, name } = await newZone(customer.live);
    const paths = ["/a", "/a?", "/%61", `//${name}.rescdn.io/a`, `https://${name}.rescdn.io/a`, "/b/*"];
    const body = { zone: id, paths, prefixes: ["/b/"], tags: ["t", "t"] };
    const answer = await call("/v1/purge", { method: "POST", key: customer.live, body });
    expect(await answer.json()).toMatchObject({ paths: ["/a"], prefixes: ["/b/"], tags: ["t"] });
  });
});

describe("a takedown", () => {
  it("is told in its own words where a * may stand", async () => {
    const { name } = await newZone(customer.live);
    for (const path of ["/a*b", "/a?b=*"]) {
      const answer = await operate("/takedowns", { url: `https://${name}.rescdn.io${path}`, reference: "R-1" });
      expect(await detailsOf(answer)).toEqual([{ field: "url", message: "may have a * only at the end of its path" }]);
    }
  });
});
