import { describe, expect, it } from "vitest";
import {
  BODY_FAILURES,
  cloudflareReason,
  errorReasonOf,
  type FailedRequest,
  failureReasonOf,
  isTellingToConnect,
} from "../../../src/edge/origin/failure-reason.ts";

const plain: FailedRequest = {
  timedOut: false,
  isNonsense: false,
  client: "fetch",
  error: "",
  isTls: false,
  isAddress: false,
  connects: null,
};
const viaFetch = (change: Partial<FailedRequest>): FailedRequest => ({ ...plain, ...change });
const viaSocket = (change: Partial<FailedRequest>): FailedRequest => ({ ...plain, client: "socket", ...change });

// What workerd says, to the letter; `test/origins/failures.test.ts` has it say so.
const LOST = "Error: Network connection lost.";
const INTERNAL = "Error: internal error; reference = alql14fe5dr8tadet2ohqb1l";
const UNCONNECTED = "Error: proxy request failed, cannot connect to the specified address";
const UNCONNECTED_80 = `${UNCONNECTED}. It looks like you might be trying to connect to a HTTP-based service — consider using fetch instead`;

describe("failureReasonOf()", () => {
  it.each<[string, FailedRequest, string]>([
    ["no first byte in time", viaFetch({ timedOut: true, error: "AbortError: The operation was aborted" }), "timeout"],
    ["no TLS handshake in time", viaSocket({ timedOut: true, isTls: true, error: "AbortError" }), "timeout"],
    ["an unknown name", viaFetch({ error: INTERNAL, connects: false }), "dns"],
    ["an unknown name, over TLS", viaFetch({ error: INTERNAL, connects: false, isTls: true }), "dns"],
    ["an address that is never asked", viaFetch({ error: INTERNAL, connects: false, isAddress: true }), "unreachable"],
    ["a refused connection", viaFetch({ error: LOST, connects: false }), "refused"],
    ["a connection that ends before the answer", viaFetch({ error: LOST, connects: true }), "reset"],
    ["the same over TLS", viaFetch({ error: LOST, connects: true, isTls: true }), "reset"],
    ["a failed handshake", viaFetch({ error: INTERNAL, connects: true, isTls: true }), "tls"],
    ["an internal error of the platform", viaFetch({ error: INTERNAL, connects: true }), "unreachable"],
    ["where nobody knows whether it connects", viaFetch({ error: LOST, connects: null }), "unreachable"],
    ["what nobody has heard of", viaFetch({ error: "Error: something new" }), "unreachable"],
    ["own client: an unknown name, or a refused connection", viaSocket({ error: UNCONNECTED_80 }), "unreachable"],
    ["own client: an address that refuses", viaSocket({ error: UNCONNECTED, isAddress: true }), "refused"],
    ["own client: a failed handshake", viaSocket({ error: UNCONNECTED, isTls: true, connects: true }), "tls"],
    [
      "own client: refused, over TLS",
      viaSocket({ error: UNCONNECTED, isTls: true, isAddress: true, connects: false }),
      "refused",
    ],
    ["own client: over TLS, and nobody knows", viaSocket({ error: UNCONNECTED, isTls: true }), "unreachable"],
    ["own client: a reset", viaSocket({ error: LOST }), "reset"],
    ["own client: an end within the head", viaSocket({ error: "Error: ended within a line" }), "reset"],
    ["own client: what is no HTTP", viaSocket({ isNonsense: true, error: "Error: line too long" }), "nonsense"],
  ])("has a word for %s", (_, failed, word) => {
    expect(failureReasonOf(failed)).toBe(`origin-${word}`);
  });
});

describe("isTellingToConnect()", () => {
  it.each<[boolean, FailedRequest]>([
    [true, viaFetch({ error: LOST })],
    [true, viaFetch({ error: INTERNAL, isTls: true })],
    [true, viaSocket({ error: UNCONNECTED, isTls: true })],
    [false, viaSocket({ error: UNCONNECTED })],
    [false, viaSocket({ error: LOST, isTls: true })],
    [false, viaFetch({ error: "Error: something new" })],
    [false, viaFetch({ error: LOST, timedOut: true })],
    [false, viaSocket({ error: UNCONNECTED, isTls: true, isNonsense: true })],
  ])("is %s where that leaves something open: %o", (expected, failed) => {
    expect(isTellingToConnect(failed)).toBe(expected);
  });
});

describe("cloudflareReason()", () => {
  const own = { server: "cloudflare", "cf-ray": "8f1" };
  it.each<[number, string, string]>([
    [520, "error code: 520", "nonsense"],
    [521, "error code: 521", "refused"],
    [522, "error code: 522", "timeout"],
    [523, "error code: 523", "unreachable"],
    [524, "error code: 524", "timeout"],
    [525, "error code: 525", "tls-handshake"],
    [526, "error code: 526", "certificate"],
    [530, "error code: 1016", "dns"],
    [530, "error code: 1033", "unreachable"],
    [530, "", "unreachable"],
  ])("has a word for Cloudflare's own %d, %s", (status, text, word) => {
    expect(cloudflareReason({ status, headers: new Headers(own) }, text)).toBe(`origin-${word}`);
  });

  it.each<[string, number, Record<string, string>]>([
    ["another server's 521", 521, { server: "nginx" }],
    ["another server's 521 behind Cloudflare's name", 521, { server: "cloudflare" }],
    ["Cloudflare's 503", 503, own],
    ["Cloudflare's 200", 200, own],
  ])("has none for %s", (_, status, headers) => {
    expect(cloudflareReason({ status, headers: new Headers(headers) }, "error code: 1016")).toBeNull();
  });
});

it("errorReasonOf() has a word for 429 and any 5xx", () => {
  const words = [200, 304, 404, 428, 429, 430, 499, 500, 501, 503, 521, 599, 600].map(errorReasonOf);
  const error = "origin-5xx";
  expect(words).toEqual([null, null, null, null, "origin-429", null, null, error, error, error, error, error, null]);
});

it("BODY_FAILURES tells a body that fell silent from one that was cut off", () => {
  expect(BODY_FAILURES["idle-timeout"]).not.toBe(BODY_FAILURES["cut-off"]);
});
