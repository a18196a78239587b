import { describe, expect, it } from "vitest";
import {
  type Envelope,
  envelopeSeconds,
  fitsEnvelope,
  openEnvelope,
  type TierAnswer,
  toEnvelope,
} from "../../../src/edge/tier/envelope.ts";
import { questionIn, toTierRequest } from "../../../src/edge/tier/question.ts";

const answer: Envelope & TierAnswer = {
  asker: "one",
  kind: "answer",
  status: 200,
  headers: [
    ["content-type", "text/css"],
    ["x-name", "grün €"],
  ],
  length: 5,
  requestedAt: 1,
  answeredAt: 2,
  isFallback: false,
  origin: null,
  version: 7,
  isShared: true,
};

describe("an envelope", () => {
  it.each<Envelope>([
    answer,
    { asker: "one", kind: "failure", reason: "origin-dns", retryAfter: 3 },
    { asker: "one", kind: "refused", reason: "tier-behind" },
  ])("comes out as it went in: $kind", async (envelope) => {
    const response = toEnvelope(envelope, new Blob(["hello"]), 60);
    expect(openEnvelope(response)).toEqual(envelope);
    expect(await response.text()).toBe("hello");
  });

  it.each([
    [60, "max-age=60, must-revalidate"],
    [0, "no-store"],
  ])("says that it may be kept for %d seconds", (seconds, said) => {
    const response = toEnvelope(answer, null, seconds);
    expect(response.headers.get("cloudflare-cdn-cache-control")).toBe(said);
    expect(envelopeSeconds(response)).toBe(seconds);
  });

  it("is none where anybody else answers, in another form or with another status", () => {
    const { headers } = toEnvelope(answer, null, 60);
    expect(openEnvelope(new Response("hello"))).toBeNull();
    expect(openEnvelope(new Response(null, { headers, status: 500 }))).toBeNull();
    expect(openEnvelope(new Response(null, { headers: { "rescdn-envelope": '{"form":99}' } }))).toBeNull();
    expect(openEnvelope(new Response(null, { headers: { "rescdn-envelope": "{" } }))).toBeNull();
  });

  it("holds no head that does not fit into a field, and no status that a response cannot have", () => {
    expect(fitsEnvelope(answer)).toBe(true);
    expect(fitsEnvelope({ ...answer, status: 999 })).toBe(false);
    expect(fitsEnvelope({ ...answer, headers: [["a", "b".repeat(70_000)]] })).toBe(false);
    expect(fitsEnvelope({ ...answer, headers: [["a", "ü".repeat(12_000)]] })).toBe(false);
  });
});

describe("a question", () => {
  it("travels in a bare GET, whatever is in it, under a path that is its key", () => {
    const question = {
      form: 1,
      asker: "one",
      zone: { id: "zone_1", name: "a" },
      version: 7,
      path: "/grün%0d%0a",
      query: "?ü",
      fields: [["accept-language", "de\u20ac"]],
      rules: [0, 3],
      ruled: "r",
      validators: { "if-none-match": '"ü"' },
      lifetime: 60,
      servesErrors: true,
    } as const;
    const [url, headers] = toTierRequest("key", question);
    const request = new Request(url, { headers });
    expect(new URL(request.url).pathname).toBe("/key");
    expect([...request.headers.keys()]).toEqual(["rescdn-question"]);
    expect(questionIn(request)).toEqual(question);
  });

  it("is none without its field, and none of another form", () => {
    expect(questionIn(new Request("https://a.example"))).toBeNull();
    for (const text of ["{", "null", '{"form":0}'])
      expect(questionIn(new Request("https://a.example", { headers: { "rescdn-question": text } }))).toBeNull();
  });
});
