import { describe, expect, it, vi } from "vitest";
import { textHash } from "../src/text-hash.ts";
import { cacheTagField } from "../src/zones/purge/cache-tags.ts";
import { buildPurgeLog, purgeVerdict } from "../src/zones/purge/purge-log.ts";

/** Two tags that had one hash when it was of 53 bits: found in five seconds. */
const [ONE, OTHER] = ["tag-f8d2359fa2b521", "tag-fd809f22948310"];

describe("textHash()", () => {
  it("is the first 128 bits of SHA-256, the second time as well", async () => {
    for (const text of ["", "/a.css", "/ä?b=c", "\u0000", "x".repeat(5_000), "/a.css"]) {
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
      expect(textHash(text)).toBe(digest.subarray(0, 16).toBase64({ alphabet: "base64url", omitPadding: true }));
      expect(textHash(text)).toHaveLength(22);
    }
  });

  it("tells apart what the hash before it did not", () => {
    expect(textHash(ONE)).not.toBe(textHash(OTHER));
    const log = buildPurgeLog([{ kind: "tag", value: ONE, soft: false, version: 2, at: 0 }]);
    const verdict = (tag: string) =>
      purgeVerdict(log, { path: "/", query: "", tagHashes: [textHash(tag)], version: 1 }).kind;
    expect([verdict(ONE), verdict(OTHER)]).toEqual(["purged", "valid"]);
  });

  it("is made once of what was asked for lately, whatever else is", () => {
    const others = (name: string, count: number) => Array.from({ length: count }, (_, i) => textHash(`${name}${i}`));
    for (let round = 0; round < 5; round++) {
      const lately = `/lately-${round}.css`;
      textHash(lately);
      others(`a ${round} `, 1_000);
      const encode = vi.spyOn(TextEncoder.prototype, "encode");
      textHash(lately);
      expect(encode).not.toHaveBeenCalled();
      encode.mockRestore();
    }
  });

  it("stays true for more texts than are remembered", () => {
    const texts = Array.from({ length: 5_000 }, (_, i) => `/${i}.css`);
    const first = texts.map(textHash);
    expect(texts.map(textHash)).toEqual(first);
    expect(new Set(first).size).toBe(texts.length);
  });
});

describe("cacheTagField()", () => {
  it("has one form in capitals and small letters, as Cloudflare reads it", () => {
    const names = cacheTagField("zone_x/a.css?v=1", ["blue"]).split(",");
    expect(names).toHaveLength(4);
    for (const name of names) expect(name).toMatch(/^[0-9a-z_-]{22}$/);
    expect(new Set(names).size).toBe(4);
  });
});
