import { describe, expect, it } from "vitest";
import type { SentAnswer } from "../../src/edge/answer/watch.ts";
import { cacheDetail } from "../../src/request-log/cache-detail.ts";
import { requestEvent } from "../../src/request-log/request-event.ts";
import { shownQuery } from "../../src/request-log/shown-query.ts";
import { truncatedAddress } from "../../src/request-log/truncated-address.ts";
import { userAgentClass } from "../../src/request-log/user-agent-class.ts";
import { LOG_FIELDS } from "../../src/zones/log-settings.ts";

const SECRETS = {
  cookie: "session=planted-cookie",
  authorization: "Bearer planted-authorization",
  "x-api-key": "planted-key",
  referer: "https://user:planted-password@www.example.com:8443/page?token=planted-referer",
  "user-agent": "Mozilla/5.0 (iPhone; planted-agent)",
};

function sent(change: Partial<SentAnswer> = {}): SentAnswer {
  return {
    request: new Request("https://my-assets.rescdn.io/a.css", { headers: SECRETS }),
    url: new URL("https://my-assets.rescdn.io/a.css?v=3&token=planted-token"),
    target: { path: "/a.css", query: "?v=3&token=planted-token&expires=1893456000" },
    status: 200,
    headers: new Headers({
      "content-type": "text/css",
      "cache-status": "Other; hit, ResCDN; fwd=uri-miss; fwd-status=200; ttl=60; stored",
      "set-cookie": "planted-set-cookie",
    }),
    xCache: "MISS",
    bytes: 1_204,
    now: Date.parse("2026-11-22T10:00:00.123Z"),
    ...change,
  };
}

const CONTEXT = {
  id: "req_1",
  zone: "my-assets",
  location: "FRA",
  address: "192.0.2.77",
  country: "DE",
  ended: Date.parse("2026-11-22T10:00:00.135Z"),
};

describe("requestEvent()", () => {
  it("says what is known of a request, under the names that logs can be asked for", () => {
    const event = requestEvent(sent(), CONTEXT);
    expect(event).toEqual({
      time: "2026-11-22T10:00:00.123Z",
      id: "req_1",
      zone: "my-assets",
      host: "my-assets.rescdn.io",
      location: "FRA",
      method: "GET",
      path: "/a.css",
      query: "?v=3",
      status: 200,
      bytes: 1_204,
      ms: 12,
      cache: "MISS",
      detail: "uri-miss",
      content_type: "text/css",
      country: "DE",
      address: "192.0.2.0",
      referer: "www.example.com",
      user_agent: "mobile",
    });
    expect(Object.keys(event)).toEqual([...LOG_FIELDS]);
  });

  it("holds nothing that a client or the origin would keep to themselves", () => {
    expect(JSON.stringify(requestEvent(sent(), CONTEXT))).not.toContain("planted");
  });

  it("leaves a token in the path out as well", () => {
    const target = { path: "/bcdn_token=HS256-planted&expires=1/a.css", query: "" };
    expect(requestEvent(sent({ target }), CONTEXT).path).toBe("/a.css");
    expect(requestEvent(sent({ target: { path: "/bcdn_token=HS256-planted", query: "" } }), CONTEXT).path).toBe("/");
  });

  it.each([
    [null, null],
    ["https://www.example.com", "www.example.com"],
    ["https://WWW.example.com:444/x", "www.example.com"],
    ["http://[2001:db8::1]:80/", "[2001:db8::1]"],
    ["android-app://com.example/", null],
    ["no url", null],
    ["https://a@b@www.example.com/", "www.example.com"],
  ])("the referer %s is shown as %s", (referer, host) => {
    const request = new Request("https://a.rescdn.io/", { headers: referer === null ? {} : { referer } });
    expect(requestEvent(sent({ request }), CONTEXT).referer).toBe(host);
  });
});

describe("shownQuery()", () => {
  it.each([
    ["", ""],
    ["?v=3", "?v=3"],
    ["?b=2&a=%20x&limit=5", "?b=2&a=%20x&limit=5"],
    ["?token=x&expires=1&token_path=/", ""],
    ["?a=1&%74oken=x&TOKEN=y", "?a=1"],
    ["?X-Amz-Signature=x&X-Amz-Credential=y&w=1", "?w=1"],
    ["?X-Goog-Signature=x", ""],
    ["?sv=2026&sig=x", "?sv=2026"],
    ["?Signature=x&Key-Pair-Id=K", "?Key-Pair-Id=K"],
    ["?access_token=x&api_key=y&jwt=z&password=p", ""],
    ["?%zz=1&a", "?%zz=1&a"],
  ])("of %s is %s", (query, shown) => {
    expect(shownQuery(query)).toBe(shown);
  });
});

describe("cacheDetail()", () => {
  it.each([
    [null, null],
    ["ResCDN; hit; ttl=100", null],
    ["ResCDN; fwd=stale; fwd-status=304; ttl=9; stored", "stale"],
    ["ResCDN; fwd=bypass; fwd-status=200; detail=no-store", "no-store"],
    ['ResCDN; fwd=miss; detail="two \\"words\\""', 'two "words"'],
    ['Other; detail="ResCDN; fwd=miss", ResCDN; hit; ttl=1', null],
    ["Other; fwd=miss; detail=theirs, ResCDN; hit; ttl=1", null],
  ])("of %s is %s", (field, detail) => {
    expect(cacheDetail(field)).toBe(detail);
  });
});

describe("truncatedAddress()", () => {
  it.each([
    ["192.0.2.255", "192.0.2.0"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1::"],
    ["::ffff:198.51.100.7", "198.51.100.0"],
  ])("of %s is %s", (address, truncated) => {
    expect(truncatedAddress(address)).toBe(truncated);
  });
});

describe("userAgentClass()", () => {
  it.each([
    [null, "none"],
    ["", "none"],
    ["curl/8.5.0", "tool"],
    ["Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "bot"],
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148 Safari/604.1", "mobile"],
    ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36", "desktop"],
    ["SomethingElse/1", "other"],
  ])("of %s is %s", (name, found) => {
    expect(userAgentClass(name)).toBe(found);
  });
});
