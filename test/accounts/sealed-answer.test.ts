import { describe, expect, it } from "vitest";
import { openAnswer, sealAnswer } from "../../src/accounts/sealed-answer.ts";
import { newToken } from "../../src/accounts/token.ts";

const TOKEN = newToken("rk_live");
const ANSWER = {
  status: 201,
  headers: { "content-type": "application/json" },
  body: new TextEncoder().encode('{"token":"secret"}'),
};

describe("openAnswer()", () => {
  it("opens what sealAnswer() made", async () => {
    expect(await openAnswer(await sealAnswer(ANSWER, TOKEN, "place"), TOKEN, "place")).toEqual(ANSWER);
  });

  it.each<[string, (sealed: Uint8Array) => Uint8Array, string, string]>([
    ["another token", (sealed) => sealed, newToken("rk_live"), "place"],
    ["another place", (sealed) => sealed, TOKEN, "places"],
    ["a changed bit", (sealed) => sealed.with(20, sealed[20]! ^ 1), TOKEN, "place"],
    ["another initialization vector", (sealed) => sealed.with(0, sealed[0]! ^ 1), TOKEN, "place"],
    ["a missing end", (sealed) => sealed.subarray(0, -1), TOKEN, "place"],
    ["nothing", () => new Uint8Array(), TOKEN, "place"],
  ])("refuses %s", async (_, change, token, place) => {
    const sealed = await sealAnswer(ANSWER, TOKEN, "place");
    await expect(openAnswer(change(sealed), token, place)).rejects.toThrow();
  });
});

describe("sealAnswer()", () => {
  it("shows nothing of the answer, and never twice the same", async () => {
    const [one, two] = await Promise.all([sealAnswer(ANSWER, TOKEN, "p"), sealAnswer(ANSWER, TOKEN, "p")]);
    expect(new TextDecoder().decode(one)).not.toMatch(/secret|token|json|201/);
    expect(one).not.toEqual(two);
  });
});
