import { describe, expect, it } from "vitest";
import { bucketSignature } from "../../src/edge/origin/bucket-signature.ts";
import { type Scope, type SignedRequest, signatureOf } from "./s3-server.ts";

/** The key of AWS's examples. */
const EXAMPLE = { region: "us-east-1", accessKeyId: "AKIDEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const SUITE: Scope = { ...EXAMPLE, service: "service" };
const S3 = {
  region: "us-east-1",
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const inSuite = (target: string, more: Record<string, string> = {}): SignedRequest => ({
  method: "GET",
  target,
  headers: { host: "example.amazonaws.com", "x-amz-date": "20150830T123600Z", ...more },
});

const atS3 = (target: string, more: Record<string, string> = {}): SignedRequest => ({
  method: "GET",
  target,
  headers: {
    host: "examplebucket.s3.amazonaws.com",
    "x-amz-date": "20130524T000000Z",
    "x-amz-content-sha256": NOTHING,
    ...more,
  },
});

const ofS3 = (request: SignedRequest) =>
  signatureOf(request, Object.keys(request.headers).sort(), { ...S3, service: "s3" }, "20130524T000000Z");

describe("the server that checks signatures computes those of AWS's published examples:", () => {
  it.each([
    ["get-vanilla", "/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
    ["get-utf8", "/\u1234", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"],
    [
      "get-unreserved",
      "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
      "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
    ],
    [
      "get-vanilla-query-order-key-case",
      "/?Param2=value2&Param1=value1",
      "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ],
  ])("%s", (_name, target, signature) => {
    expect(signatureOf(inSuite(target), ["host", "x-amz-date"], SUITE, "20150830T123600Z")).toBe(signature);
  });

  it.each([
    [
      "GET Object, with a range",
      atS3("/test.txt", { range: "bytes=0-9" }),
      "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    ],
    ["GET Bucket Lifecycle", atS3("/?lifecycle"), "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"],
    [
      "GET Bucket (List Objects)",
      atS3("/?max-keys=2&prefix=J"),
      "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    ],
  ])("S3: %s", (_name, request, signature) => {
    expect(ofS3(request)).toBe(signature);
  });
});

describe("bucketSignature()", () => {
  const now = Date.parse("2013-05-24T00:00:00Z");
  const sign = (url: string, headers: Record<string, string>) =>
    bucketSignature("GET", url, new Headers(headers), { ...S3, derived: new Map() }, now);

  it("signs GET Object of AWS's documentation, its range with it, as AWS does", async () => {
    const made = await sign("https://examplebucket.s3.amazonaws.com/test.txt", { range: "bytes=0-9", via: "1.1 edge" });
    expect(made).toEqual({
      authorization:
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, " +
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, " +
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
      "x-amz-date": "20130524T000000Z",
      "x-amz-content-sha256": NOTHING,
    });
  });

  it("signs every condition that a cache asks under, and nothing that a proxy may change", async () => {
    const conditions = {
      "if-none-match": '"a"',
      "if-modified-since": "Fri, 24 May 2013 00:00:00 GMT",
      "if-range": '"a"',
    };
    const { authorization } = await sign("https://b.example/a", { ...conditions, "user-agent": "x", accept: "*/*" });
    expect(authorization).toContain(
      "SignedHeaders=host;if-modified-since;if-none-match;if-range;x-amz-content-sha256;x-amz-date,",
    );
  });
});
