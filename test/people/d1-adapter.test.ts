import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { createSignIn, type SignInSettings } from "../../src/people/sign-in.ts";

const settings: SignInSettings = {
  origin: "http://localhost",
  secret: "what-cookies-of-the-tests-are-signed-with",
  signUp: "invited",
  operators: new Set(),
  github: null,
};

interface Code {
  id: string;
  identifier: string;
  value: string;
  expiresAt: Date;
}

const model = "verification";
const { adapter } = await createSignIn(env.DB, settings, () => undefined).$context;
const found = async (where: Parameters<typeof adapter.findMany>[0]["where"] & object) =>
  (await adapter.findMany<Code>({ model, where, sortBy: { field: "value", direction: "asc" } })).map(
    ({ value }) => value,
  );
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));

describe("what signs people in finds its rows", () => {
  beforeEach(async () => {
    await env.DB.prepare("DELETE FROM sign_in_codes").run();
    for (const [minute, value] of ["a", "b", "c"].entries())
      await adapter.create({ model, data: { identifier: `code-${value}`, value, expiresAt: at(minute) } });
  });

  it("with their dates, as it has written them", async () => {
    const row = await adapter.findOne<Code>({ model, where: [{ field: "identifier", value: "code-b" }] });
    expect(row).toMatchObject({ identifier: "code-b", value: "b", expiresAt: at(1) });
    expect(await adapter.findOne({ model, where: [{ field: "identifier", value: "code-x" }] })).toBeNull();
  });

  it.each([
    ["equal", [{ field: "value", value: "b" }], ["b"]],
    ["unequal", [{ field: "value", value: "b", operator: "ne" }], ["a", "c"]],
    ["earlier", [{ field: "expiresAt", value: at(1), operator: "lt" }], ["a"]],
    ["no later", [{ field: "expiresAt", value: at(1), operator: "lte" }], ["a", "b"]],
    ["later", [{ field: "expiresAt", value: at(1), operator: "gt" }], ["c"]],
    ["no earlier", [{ field: "expiresAt", value: at(1), operator: "gte" }], ["b", "c"]],
    ["in a list", [{ field: "value", value: ["a", "c", "x"], operator: "in" }], ["a", "c"]],
    ["in none", [{ field: "value", value: [], operator: "in" }], []],
    ["not in a list", [{ field: "value", value: ["a", "c"], operator: "not_in" }], ["b"]],
    ["there", [{ field: "value", value: null, operator: "ne" }], ["a", "b", "c"]],
    ["not there", [{ field: "value", value: null }], []],
    [
      "this, and one of those",
      [
        { field: "value", value: "a", connector: "OR" },
        { field: "expiresAt", value: at(2), operator: "lt" },
        { field: "value", value: "c", connector: "OR" },
      ],
      ["a"],
    ],
  ] as const)("where something is %s", async (_, where, values) => {
    expect(await found([...where] as never)).toEqual(values);
    expect(await adapter.count({ model, where: [...where] as never })).toBe(values.length);
  });

  it("some of them, in an order", async () => {
    const page = { model, limit: 1, offset: 1 };
    const rows = await adapter.findMany<Code>({ ...page, sortBy: { field: "expiresAt", direction: "desc" } });
    expect(rows.map(({ value }) => value)).toEqual(["b"]);
  });

  it("and changes those alone that it means", async () => {
    const b = [{ field: "value", value: "b" }];
    expect(await adapter.update({ model, where: b, update: { identifier: "new" } })).toMatchObject({ value: "b" });
    expect(
      await adapter.update({ model, where: [{ field: "value", value: "x" }], update: { identifier: "new" } }),
    ).toBe(null);
    const late = [{ field: "expiresAt", value: at(0), operator: "gt" as const }];
    expect(await adapter.updateMany({ model, where: late, update: { value: "z" } })).toBe(2);
    expect(await found([])).toEqual(["a", "z", "z"]);
    expect(await adapter.deleteMany({ model, where: [{ field: "value", value: "z" }] })).toBe(2);
    await adapter.delete({ model, where: [{ field: "value", value: "a" }] });
    expect(await adapter.count({ model })).toBe(0);
  });

  it("and gives a row that is good once to one of those who come at the same time", async () => {
    const where = [{ field: "identifier", value: "code-a" }];
    const taken = await Promise.all(Array.from({ length: 8 }, () => adapter.consumeOne<Code>({ model, where })));
    expect(taken.filter((row) => row !== null).map(({ value }) => value)).toEqual(["a"]);
    expect(await found([])).toEqual(["b", "c"]);
  });

  it("and says so where it is asked for what is no way to look for them", async () => {
    const where = [{ field: "value", value: "b", operator: "contains" as const }];
    await expect(adapter.findMany({ model, where })).rejects.toThrow("not searched by contains");
    const careless = [{ field: "value", value: "B", mode: "insensitive" as const }];
    await expect(adapter.findOne({ model, where: careless })).rejects.toThrow("insensitive");
  });
});
