import { parseXml, XmlElement } from "@rgrove/parse-xml";

/** The content of a sitemap (sitemaps.org): URLs, or other sitemaps. */
export interface Sitemap {
  urls: string[];
  sitemaps: string[];
  /** How many entries follow those that were read. */
  unread: number;
}

/** How many entries of one sitemap are read. */
const MOST_ENTRIES = 2_000;

/** The most tags in the part that is read: each becomes several objects, and a small file may have very many. */
const MOST_TAGS = 100_000;

const ENTRY_END = /<\/(?:[\w.-]+:)?(?:url|sitemap)\s*>/g;
const ROOT = /<((?:[\w.-]+:)?(?:urlset|sitemapindex))[\s>]/;

/** Reads a sitemap, a long one only in part; null: it is not one, or is made up of more than the entries of a sitemap. */
export function readSitemap(text: string): Sitemap | null {
  const { beginning, unread } = beginningOf(text);
  if (hasMoreTags(beginning, MOST_TAGS)) return null;
  let root: XmlElement | null;
  try {
    ({ root } = parseXml(beginning));
  } catch {
    return null; // it throws at anything that is not XML
  }
  if (root === null) return null;
  const name = localName(root);
  if (name === "urlset") return { urls: locationsIn(root, "url"), sitemaps: [], unread };
  return name === "sitemapindex" ? { urls: [], sitemaps: locationsIn(root, "sitemap"), unread } : null;
}

/** The beginning of a sitemap up to the last entry that is read, with a closing tag, and how many entries follow. */
function beginningOf(text: string): { beginning: string; unread: number } {
  let entries = 0;
  let end = text.length;
  for (const { 0: tag, index } of text.matchAll(ENTRY_END)) if (++entries === MOST_ENTRIES) end = index + tag.length;
  const root = ROOT.exec(text)?.[1];
  if (entries <= MOST_ENTRIES || root === undefined) return { beginning: text, unread: 0 };
  return { beginning: `${text.slice(0, end)}</${root}>`, unread: entries - MOST_ENTRIES };
}

function hasMoreTags(text: string, most: number): boolean {
  let tags = 0;
  for (let at = text.indexOf("<"); at !== -1 && tags <= most; at = text.indexOf("<", at + 1)) tags++;
  return tags > most;
}

function locationsIn(root: XmlElement, name: string): string[] {
  return elementsIn(root, name).flatMap((entry) => elementsIn(entry, "loc").map(({ text }) => text.trim()));
}

function elementsIn(parent: XmlElement, name: string): XmlElement[] {
  return parent.children.filter(
    (child): child is XmlElement => child instanceof XmlElement && localName(child) === name,
  );
}

/** The name without its namespace prefix. */
function localName({ name }: XmlElement): string {
  return name.slice(name.indexOf(":") + 1);
}
