import { describe, expect, it } from "vitest";
import { bucketPath } from "../../../src/edge/origin/bucket-path.ts";

describe("bucketPath()", () => {
  it.each([
    ["/a+b c", "/a%2Bb%20c"],
    ["/a%2Bb", "/a%2Bb"],
    ["/%e2%82%ac", "/%E2%82%AC"],
    ["/100%", "/100%25"],
    ["/!'()*", "/%21%27%28%29%2A"],
    ["/a//b/", "/a//b/"],
    ["/a%2Fb", "/a/b"],
    ["/-._~", "/-._~"],
  ])("spells %s as it is signed", (path, spelled) => {
    expect(bucketPath(path)).toBe(spelled);
    expect(bucketPath(spelled)).toBe(spelled);
  });

  it.each(["/", "//", "/%2F", "/%ff", "/a%c3"])("knows no object of the name %s", (path) => {
    expect(bucketPath(path)).toBe(null);
  });
});
