import { describe, expect, it } from "vitest";
import { CONNECTION_FIELDS } from "../../src/http/hop-by-hop.ts";
import { mayBeListed, requestFieldLine } from "../../src/http/request-fields.ts";

describe("requestFieldLine()", () => {
  it.each([
    ...CONNECTION_FIELDS,
    ..."accept-encoding access-control-request-method access-control-request-private-network alt-used".split(" "),
    ..."available-dictionary cdn-loop content-length content-type cookie2 expect host if-none-match if-range".split(
      " ",
    ),
    ..."range sec-websocket-key surrogate-capability via x-forwarded-for".split(" "),
  ])("leaves %s to the edge alone", (name) => {
    expect(requestFieldLine(name)?.rule).toBe("ours");
    expect(mayBeListed(name)).toBe(false);
  });

  it.each(["authorization", "cookie"])("leaves %s to its switch", (name) => {
    expect(requestFieldLine(name)?.rule).toBe("switched");
    expect(mayBeListed(name)).toBe(false);
  });

  it.each([
    ..."cache-control cf-connecting-ip client-cert concealed-auth-export forwarded origin pragma remote-user".split(
      " ",
    ),
    ..."ssl-client-verify x-amz-date x-auth-request-user x-forwarded-host x-forwarded-port x-forwarded-proto".split(
      " ",
    ),
    ..."x-http-method-override x-invoke-status x-original-url x-real-ip x-remote-user x-rewrite-url x-ssl-cipher".split(
      " ",
    ),
  ])("takes %s from clients only where it is listed", (name) => {
    expect(requestFieldLine(name)?.rule).toBe("listed");
    expect(mayBeListed(name)).toBe(true);
  });

  it.each([
    ..."accept accept-language dnt if-what priority referer save-data sec-fetch-mode sec-ch-ua traceparent".split(" "),
    ..."user-agent x-anything x-api-key x-client x-csrf-token x-request-id x-requested-with x-tier x-user".split(" "),
  ])("takes %s from any client", (name) => {
    expect(requestFieldLine(name)).toBeNull();
    expect(mayBeListed(name)).toBe(true);
  });
});
