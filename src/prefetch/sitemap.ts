import { parseXml, XmlElement } from "@rgrove/parse-xml";

/** What a sitemap says (sitemaps.org): URLs, or other sitemaps. */
export interface Sitemap {
  urls: string[];
  sitemaps: string[];
}

/** Reads a sitemap; null: it is none. */
export function readSitemap(text: string): Sitemap | null {
  let root: XmlElement | null;
  try {
    ({ root } = parseXml(text));
  } catch {
    return null; // it throws at whatever is no XML
  }
  if (root === null) return null;
  const name = localName(root);
  if (name === "urlset") return { urls: locationsIn(root, "url"), sitemaps: [] };
  return name === "sitemapindex" ? { urls: [], sitemaps: locationsIn(root, "sitemap") } : null;
}

function locationsIn(root: XmlElement, name: string): string[] {
  return elementsIn(root, name).flatMap((entry) => elementsIn(entry, "loc").map(({ text }) => text.trim()));
}

function elementsIn(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter(
    (child): child is XmlElement => child instanceof XmlElement && localName(child) === name,
  );
}

/** Without the prefix of its namespace. */
function localName({ name }: XmlElement): string {
  return name.slice(name.indexOf(":") + 1);
}
