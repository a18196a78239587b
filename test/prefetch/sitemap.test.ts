import { describe, expect, it } from "vitest";
import { readSitemap } from "../../src/prefetch/sitemap.ts";

const entries = (count: number, tag = "url", of = "") =>
  Array.from({ length: count }, (_, n) => `<${of}${tag}><${of}loc>/${n}</${of}loc></${of}${tag}>`).join("\n");

describe("readSitemap()", () => {
  it.each([
    ["a urlset", `<urlset>${entries(2)}</urlset>`, { urls: ["/0", "/1"], sitemaps: [], unread: 0 }],
    [
      "an index",
      `<?xml version="1.0"?><sitemapindex xmlns="x">${entries(1, "sitemap")}</sitemapindex>`,
      { urls: [], sitemaps: ["/0"], unread: 0 },
    ],
    [
      "one whose namespace has a prefix",
      `<s:urlset xmlns:s="x">${entries(1, "url", "s:")}</s:urlset>`,
      { urls: ["/0"], sitemaps: [], unread: 0 },
    ],
  ])("reads %s", (_, text, read) => {
    expect(readSitemap(text)).toEqual(read);
  });

  it("reads the first 2,000 entries of a long one, and says how many are behind them", () => {
    const read = readSitemap(`<s:urlset xmlns:s="x">${entries(60_000, "url", "s:")}</s:urlset>`);
    expect([read?.urls.length, read?.urls.at(-1), read?.unread]).toEqual([2_000, "/1999", 58_000]);
    expect(readSitemap(`<urlset>${entries(2_000)}</urlset>`)?.unread).toBe(0);
  });

  it.each([
    ["a page", "<html><p>hello</html>"],
    ["nothing", ""],
    ["tags without end", `<urlset>${"<a/>".repeat(1_300_000)}</urlset>`],
    ["tags within tags", "<urlset>".repeat(600_000)],
    [
      "entities that stand for others",
      '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>',
    ],
    [
      "a file of the machine's",
      '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><urlset><url><loc>&a;</loc></url></urlset>',
    ],
  ])("takes %s for none", (_, text) => {
    expect(readSitemap(text)).toBe(null);
  });
});
