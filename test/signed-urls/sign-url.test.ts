import { describe, expect, it } from "vitest";
import { type Grant, signUrl } from "../../src/signed-urls/sign-url.ts";
import { EXPIRES, KEY, VECTORS } from "./vectors.ts";

const sign = (url: string, grant: Partial<Grant> = {}) => signUrl(url, { key: KEY, expires: EXPIRES, ...grant });

describe("signUrl()", () => {
  it.each(VECTORS)("makes the published token of %s with %o", (path, grant, token) => {
    expect(sign(`https://zone.example${path}`, grant)).toContain(`token=${token}&`);
  });

  it("puts the token behind the URL's own query, or before its path", () => {
    expect(sign("https://zone.example/a%20b.mp4?x=%C3%A4", { tokenPath: "/a b" })).toMatch(
      /^https:\/\/zone\.example\/a%20b\.mp4\?x=%C3%A4&token=HS256-[\w-]{43}&token_path=%2Fa%20b&expires=1598024587$/,
    );
    expect(sign("https://zone.example/hls/a.m3u8?x=1", { tokenPath: "/hls/", form: "path" })).toMatch(
      /^https:\/\/zone\.example\/bcdn_token=HS256-[\w-]{43}&token_path=%2Fhls%2F&expires=1598024587\/hls\/a\.m3u8\?x=1$/,
    );
  });

  it("takes a Date for the end", () => {
    expect(sign("https://zone.example/a", { expires: new Date(EXPIRES * 1000) })).toBe(sign("https://zone.example/a"));
  });

  it.each<[string, Partial<Grant>, string]>([
    ["no url", {}, "is not a URL"],
    ["https://zone.example/bcdn_token=x/a", {}, "already has a token in its path"],
    ["https://zone.example/a?token=x", {}, "has a parameter token, which belongs to a token"],
    ["https://zone.example/a?b=1&b=2", {}, "has the parameter b twice"],
    ["https://zone.example/a?1=b", {}, "begins with a digit"],
    ["https://zone.example/a?b=c%26d", {}, "has an & in the value of b"],
    ["https://zone.example/a?b%3Dc=d", {}, "has a parameter with &, = or a control character in its name"],
    ["https://zone.example/a?b=%ff", {}, "not UTF-8"],
    ["https://zone.example/a", { expires: 1 }, "must be seconds since the epoch, of ten digits"],
    ["https://zone.example/a", { tokenPath: "/b" }, "must be what the URL's path begins with"],
    ["https://zone.example/a/b", { tokenPath: "/a/../a" }, "must begin with /"],
    ["https://zone.example/a/b", { tokenPath: "a" }, "must begin with /"],
    ["https://zone.example/a", { address: "localhost" }, "is not an IP address"],
    ["https://zone.example/a", { ignoreParams: true, limit: 1 }, "cannot ignore parameters if it is bound to"],
  ])("refuses what no zone would take: %s %o", (url, grant, message) => {
    expect(() => sign(url, grant)).toThrow(message);
  });
});
