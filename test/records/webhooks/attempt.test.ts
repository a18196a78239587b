import { Webhook } from "standardwebhooks";
import { describe, expect, it, vi } from "vitest";
import { originPolicy } from "../../../src/origin-guard/origin-policy.ts";
import { attempt } from "../../../src/records/webhooks/attempt.ts";
import { newSecret } from "../../../src/signed-delivery/secret.ts";
import { asset, type Line, type Origin, originAt } from "../../support/edge.ts";
import { playReceivers } from "../../support/webhooks.ts";

const policy = originPolicy({
  edgeDomains: ["rescdn.io"],
  apiHosts: ["api.rescdn.io"],
  recordsHosts: ["api.resolvedb.io"],
  dashboardHost: null,
  origins: { allowPrivate: false, allowHttp: false },
});
const message = { id: "evt_1", type: "record.upserted", body: '{"type":"record.upserted","data":{"ä":"€"}}' };

playReceivers();

let count = 0;
const newReceiver = () => originAt(`https://receiver-${++count}.example`);

function send(receiver: Origin, secrets: string[] = [newSecret()]) {
  return attempt({ url: `${receiver.url}/a/b?c=d`, secrets }, message, policy, Date.now());
}

/** HMAC-SHA256 as the specification has it, by WebCrypto. */
async function signature(secret: string, text: string): Promise<string> {
  const bytes = Uint8Array.fromBase64(secret.replace(/^whsec_/, ""));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const signed = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text));
  return `v1,${new Uint8Array(signed).toBase64()}`;
}

describe("newSecret()", () => {
  it("is whsec_ and the Base64 of 32 random bytes", () => {
    const secrets = new Set(Array.from({ length: 100 }, newSecret));
    expect(secrets.size).toBe(100);
    for (const secret of secrets) {
      expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
      expect(Uint8Array.fromBase64(secret.slice(6))).toHaveLength(32);
    }
  });
});

describe("attempt()", () => {
  it("posts the body with the event's name, signed so that Standard Webhooks' own library takes it", async () => {
    const receiver = newReceiver().answers(asset("ok"));
    const secret = newSecret();
    expect(await send(receiver, [secret])).toEqual({ kind: "delivered", status: 200 });
    const [request] = receiver.requests as [Request];
    const headers = Object.fromEntries(request.headers);
    expect([request.method, request.url, request.redirect]).toEqual(["POST", `${receiver.url}/a/b?c=d`, "manual"]);
    expect(headers).toEqual({
      "content-type": "application/json",
      "user-agent": "ResolveDB-Webhooks/1",
      "webhook-id": "evt_1",
      "webhook-timestamp": String(Math.floor(Date.now() / 1_000)),
      "webhook-signature": expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
      "x-resolvedb-event": "record.upserted",
    });
    const body = await request.text();
    expect(body).toBe(message.body);
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(message.body));
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow("No matching signature");
    expect(() => new Webhook(newSecret()).verify(body, headers)).toThrow("No matching signature");
    expect(() => new Webhook(secret).verify(body, { ...headers, "webhook-id": "evt_2" })).toThrow();
  });

  it("signs as an independent HMAC-SHA256 does: id, time and body", async () => {
    const receiver = newReceiver().answers(asset("ok"));
    const secret = newSecret();
    await send(receiver, [secret]);
    const { headers } = receiver.requests[0]!;
    const signed = `evt_1.${headers.get("webhook-timestamp")}.${message.body}`;
    expect(headers.get("webhook-signature")).toBe(await signature(secret, signed));
  });

  it("signs with every secret that holds during a rotation", async () => {
    const receiver = newReceiver().answers(asset("ok"));
    const secrets = [newSecret(), newSecret()];
    await send(receiver, secrets);
    const headers = Object.fromEntries(receiver.requests[0]!.headers);
    expect(headers["webhook-signature"]!.split(" ")).toHaveLength(2);
    for (const secret of secrets) expect(new Webhook(secret).verify(message.body, headers)).toBeTruthy();
  });

  it.each([200, 201, 202, 204, 299])("takes %i for a delivery", async (status) => {
    const receiver = newReceiver().answers(asset(status === 204 ? null : "x", {}, status));
    expect(await send(receiver)).toEqual({ kind: "delivered", status });
  });

  it.each([300, 301, 302, 303, 307, 308])("follows no redirect: %i", async (status) => {
    const elsewhere = newReceiver().answers(asset("ok"));
    const receiver = newReceiver().answers(asset("x", { location: elsewhere.url }, status));
    expect(await send(receiver)).toEqual({
      kind: "failed",
      status,
      reason: `Answered ${status}: redirects are not followed`,
    });
    expect([receiver.hits, elsewhere.hits]).toEqual([1, 0]);
  });

  it.each([400, 401, 404, 410, 429, 500, 503])("takes %i for a failure", async (status) => {
    const receiver = newReceiver().answers(asset("x", {}, status));
    expect(await send(receiver)).toEqual({ kind: "failed", status, reason: `Answered ${status}` });
  });

  it("says that a server cannot be reached, and asks once", async () => {
    const receiver = newReceiver().answers(() => Promise.reject(new Error("connection reset")));
    expect(await send(receiver)).toEqual({
      kind: "failed",
      status: null,
      reason: "The server could not be reached",
    });
    expect(receiver.hits).toBe(1);
  });

  it("waits for 15 seconds and no longer", async () => {
    const timeout = new AbortController();
    const asked = vi.spyOn(AbortSignal, "timeout").mockReturnValue(timeout.signal);
    const hang: Line = () => {
      queueMicrotask(() => timeout.abort(new DOMException("timed out", "TimeoutError")));
      return new Promise(() => undefined);
    };
    expect(await send(newReceiver().answers(hang))).toEqual({
      kind: "failed",
      status: null,
      reason: "No answer within 15 seconds",
    });
    expect(asked).toHaveBeenCalledExactlyOnceWith(15_000);
  });

  it("does not read the answer's body, however long it is", async () => {
    let [pulled, cancelled] = [0, false];
    const endless = () =>
      new ReadableStream(
        {
          pull(controller) {
            pulled++;
            controller.enqueue(new Uint8Array(1024));
          },
          cancel() {
            cancelled = true;
          },
        },
        { highWaterMark: 0 },
      );
    const receiver = newReceiver().answers(() => new Response(endless()));
    expect(await send(receiver)).toEqual({ kind: "delivered", status: 200 });
    expect([pulled, cancelled]).toEqual([0, true]);
  });

  it.each([
    ["http://receiver.example/", "must begin with https://"],
    ["https://127.0.0.1/", "must not be a private, local or reserved address"],
    ["https://169.254.169.254/latest/meta-data", "must not be a private, local or reserved address"],
    ["https://api.rescdn.io/v1/purge", "must not be a host of this CDN"],
  ])("asks nothing of %s, however it came to be stored", async (url, reason) => {
    expect(await attempt({ url, secrets: [newSecret()] }, message, policy, Date.now())).toEqual({
      kind: "failed",
      status: null,
      reason: `The URL ${reason}`,
    });
    expect(fetch).not.toHaveBeenCalled();
  });
});
