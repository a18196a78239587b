import { dirname, join } from "node:path/posix";
import {
  type Heading,
  type Markdown,
  parseMarkdown,
  referencesOf,
  renderLine,
  renderMarkdown,
  type Section,
} from "./markdown.ts";

/** A guide as the site shows it. */
export interface Guide {
  /** The path of its page: `/docs/purging`. */
  path: string;
  /** Its name in the list of guides. */
  name: string;
  title: string;
  /** What it is about, in one line; the same as HTML. */
  description: string;
  descriptionHtml: string;
  /** The group that it is listed in. */
  group: string;
  headings: readonly Heading[];
  sections: readonly Section[];
  html: string;
}

/** All guides in order. */
export interface Guides {
  /** The beginning of the start page. */
  title: string;
  introduction: string;
  guides: readonly Guide[];
  /** What is wrong with the guides, each with its file, such as a link that leads nowhere. Readers never see these. */
  problems: readonly string[];
}

const FOLDER = "src/docs";
/** The list of all guides, which becomes the start page. */
const INDEX = `${FOLDER}/README.md`;
const START = "/docs";

/** Pages of the site that are not guides. */
const OTHER_PAGES: readonly string[] = [
  START,
  "/docs/api",
  "/docs/api/resolvedb",
  "/openapi.json",
  "/api/v1/openapi.json",
];

/**
 * Renders the guides.
 *
 * @param texts the Markdown of all guides by path in the project, and of other files whose links should be checked
 * @param exists whether the project has a file or folder at a path
 * @param pictureAt the path on the site of one of the project's pictures
 */
export function renderGuides(
  texts: ReadonlyMap<string, string>,
  exists: (path: string) => boolean,
  pictureAt: (path: string) => string,
): Guides {
  const read = new Map([...texts].map(([path, text]) => [path, parseMarkdown(text)]));
  const problems = [...read].flatMap(([path, parsed]) =>
    pageOf(path) === null ? [] : parsed.problems.map((problem) => `${path}: ${problem}`),
  );

  /** Where a link in a file leads, or why it leads nowhere. */
  function destination(from: string, href: string): string | null | { problem: string } {
    if (/^(?:https?|mailto):/.test(href)) return href;
    const [path = "", anchor = null] = href.split("#");
    if (href.startsWith("/"))
      return OTHER_PAGES.includes(path) ? href : { problem: `there is no page ${path} to link to by its path` };
    const file = path === "" ? from : join(dirname(from), decodeURI(path));
    const target = read.get(file);
    if (target === undefined) return exists(file) ? null : { problem: `there is no ${file}` };
    if (anchor !== null && !target.headings.some(({ id }) => id === anchor))
      return { problem: `${file} has no heading #${anchor}` };
    const page = pageOf(file);
    return page === null ? null : `${file === from ? "" : page}${anchor === null ? "" : `#${anchor}`}` || page;
  }

  for (const [from, parsed] of read) {
    const { links, pictures } = referencesOf(parsed);
    for (const href of links) {
      const found = destination(from, href);
      if (found !== null && typeof found === "object") problems.push(`${from}: ${found.problem}`);
    }
    for (const { src, text } of pictures) {
      if (!exists(join(dirname(from), src))) problems.push(`${from}: there is no picture ${src}`);
      if (text === "") problems.push(`${from}: nothing is said of what ${src} shows`);
    }
  }

  const html = (from: string, parsed: Markdown) =>
    renderMarkdown(
      parsed,
      (href) => {
        const found = destination(from, href);
        return typeof found === "string" ? found : null;
      },
      (src) => pictureAt(join(dirname(from), src)),
    );

  const index = readIndex(texts.get(INDEX) ?? "");
  problems.push(...index.problems.map((problem) => `${INDEX}: ${problem}`));
  const named = index.entries.map(({ file }) => file);
  for (const file of read.keys())
    if (pageOf(file) !== null && file !== INDEX && named.filter((one) => one === file).length !== 1)
      problems.push(`${INDEX}: ${file} has to be in it, once`);
  const guides = index.entries.flatMap(({ file, ...entry }) => {
    const parsed = read.get(file);
    if (parsed === undefined) return [];
    const { title, headings, sections } = parsed;
    const description = entry.description.replace(/^./, (first) => first.toUpperCase());
    return [
      {
        ...entry,
        path: pageOf(file)!,
        description: description.replaceAll("`", ""),
        descriptionHtml: renderLine(description),
        title,
        headings,
        sections,
        html: html(file, parsed),
      },
    ];
  });
  return { title: index.title, introduction: index.introduction, guides, problems };
}

/** The page of a guide; null: the file is not a guide. */
function pageOf(file: string): string | null {
  if (file === INDEX) return START;
  const [, name] = /^src\/docs\/([\w-]+)\.md$/.exec(file) ?? [];
  return name === undefined ? null : `${START}/${name}`;
}

/** The files of all guides, in the order of their list. */
export function guideFiles(index: string): string[] {
  return readIndex(index).entries.map(({ file }) => file);
}

type Entry = Pick<Guide, "name" | "description" | "group"> & { file: string };

/** The list of guides: groups are headings, guides are list items. */
function readIndex(text: string): { title: string; introduction: string; entries: Entry[]; problems: string[] } {
  const entries: Entry[] = [];
  const problems: string[] = [];
  const introduction: string[] = [];
  let title = "";
  let group: string | null = null;
  for (const line of text.split("\n")) {
    const [, level, heading] = /^(##?) (.+)$/.exec(line) ?? [];
    const [, name, path, description] = /^- \[(.+?)\]\(([^)#]+)\): (.+)$/.exec(line) ?? [];
    if (level === "#") title = heading!;
    else if (level === "##") group = heading!;
    else if (name !== undefined && group !== null)
      entries.push({ file: join(FOLDER, path!), name, description: description!, group });
    else if (group === null) introduction.push(line);
    else if (line.trim() !== "") problems.push(`"- [Name](file.md): what it is about" was expected, not "${line}"`);
  }
  return { title, introduction: introduction.join(" ").trim(), entries, problems };
}
