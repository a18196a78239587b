import { slug } from "github-slugger";
import MarkdownIt, { type Token } from "markdown-it";
import alerts from "markdown-it-github-alerts";
import { highlight, isLanguage } from "./highlight.ts";

/** A heading of a guide below its title. */
export interface Heading {
  level: number;
  /** Its anchor, the same as on GitHub. */
  id: string;
  text: string;
}

/** The text between one heading and the next, for the search. */
export interface Section {
  /** The heading above it; null: it is the beginning of the guide. */
  heading: Heading | null;
  text: string;
}

/** A parsed guide. Its links have not been checked yet. */
export interface Markdown {
  title: string;
  headings: readonly Heading[];
  sections: readonly Section[];
  tokens: Token[];
  /** Things that no guide may contain. */
  problems: string[];
}

/** Where a link or a picture leads on the site; null: the site has no such thing, so only the text stays. */
export type Destination = (href: string) => string | null;

const markdown = new MarkdownIt({ html: true });
markdown.use(alerts);
markdown.renderer.rules.table_open = () => '<div class="table"><table>\n';
markdown.renderer.rules.table_close = () => "</table></div>\n";
markdown.renderer.rules.fence = (tokens, index) => {
  const { content, info } = tokens[index]!;
  const coloured = highlight(content, info) ?? markdown.utils.escapeHtml(content);
  return `<div class="code" data-language="${markdown.utils.escapeHtml(info)}"><pre><code>${coloured}</code></pre></div>\n`;
};

/** Parses a guide's Markdown, as GitHub does. */
export function parseMarkdown(source: string): Markdown {
  const tokens = markdown.parse(source, {});
  const problems: string[] = [];
  const headings: Heading[] = [];
  const sections: { heading: Heading | null; text: string }[] = [{ heading: null, text: "" }];
  const seen = new Map<string, number>();
  let titles: string[] = [];
  for (const [index, token] of tokens.entries()) {
    const opened = tokens[index - 1];
    // The empty corner of a table is not a heading.
    if (token.type === "inline" && token.content === "" && opened?.type === "th_open")
      for (const cell of [opened, tokens[index + 1]!]) cell.tag = "td";
    if (token.type === "fence" && !isLanguage(token.info)) problems.push(`no language is called "${token.info}"`);
    if (token.type === "fence") sections.at(-1)!.text += ` ${token.content}`;
    if (token.type === "html_block") problems.push(...hideComment(token));
    for (const child of token.children ?? []) if (child.type === "html_inline") problems.push(...hideComment(child));
    if (token.type !== "inline") continue;
    const text = textOf(token);
    if (opened?.type !== "heading_open") {
      sections.at(-1)!.text += ` ${text}`;
      continue;
    }
    const base = slug(text);
    const before = seen.get(base) ?? 0;
    seen.set(base, before + 1);
    const id = before === 0 ? base : `${base}-${before}`;
    if (opened.tag === "h1") {
      titles = [...titles, text];
      continue;
    }
    const heading = { level: Number(opened.tag.slice(1)), id, text };
    opened.attrSet("id", id);
    headings.push(heading);
    sections.push({ heading, text: "" });
  }
  if (titles.length !== 1) problems.push(`it has ${titles.length} titles ("# …")`);
  return { title: titles[0] ?? "", headings, sections, tokens, problems };
}

/** The HTML of a guide without its title; each heading is a link to itself. */
export function renderMarkdown({ tokens }: Markdown, link: Destination, picture: Destination): string {
  const shown = tokens.slice(tokens.findIndex(({ type, tag }) => type === "heading_close" && tag === "h1") + 1);
  for (const [index, token] of shown.entries()) {
    for (const [at, child] of (token.children ?? []).entries()) {
      if (child.type === "link_open") lead(token.children!, at, link);
      if (child.type === "image") child.attrSet("src", picture(textAttribute(child, "src")) ?? "");
    }
    const id = shown[index - 1]?.attrGet("id");
    if (token.type === "inline" && id) token.children = linkTo(`#${id}`, token.children ?? []);
  }
  return markdown.renderer.render(shown, markdown.options, {});
}

/** One line as HTML, without a paragraph around it. */
export function renderLine(source: string): string {
  return markdown.renderInline(source);
}

/** Everything that a guide's links and pictures refer to. */
export function referencesOf({ tokens }: Markdown): { links: string[]; pictures: { src: string; text: string }[] } {
  const inline = tokens.flatMap(({ children }) => children ?? []);
  return {
    links: inline.filter(({ type }) => type === "link_open").map((token) => textAttribute(token, "href")),
    pictures: inline
      .filter(({ type }) => type === "image")
      .map((token) => ({ src: textAttribute(token, "src"), text: token.content })),
  };
}

function lead(tokens: Token[], at: number, link: Destination): void {
  const opened = tokens[at]!;
  const to = link(textAttribute(opened, "href"));
  if (to === null) {
    opened.hidden = true;
    tokens.slice(at).find(({ type, level }) => type === "link_close" && level === opened.level)!.hidden = true;
  } else {
    opened.attrSet("href", to);
  }
}

function linkTo(href: string, children: Token[]): Token[] {
  const [paragraph] = markdown.parseInline("[x](#x)", {});
  const [open, , close] = paragraph!.children!;
  open!.attrSet("href", href);
  return [open!, ...children, close!];
}

/** Comments are for readers of the source. */
function hideComment(token: Token): string[] {
  const rest = token.content.replace(/<!--[\s\S]*?-->/g, "").trim();
  token.content = "";
  return rest === "" ? [] : [`it has HTML: ${rest}`];
}

function textAttribute(token: Token, name: string): string {
  return String(token.attrGet(name) ?? "");
}

function textOf({ children }: Token): string {
  return (children ?? [])
    .map(({ type, content }) =>
      type === "softbreak" || type === "hardbreak" ? " " : type.startsWith("html") ? "" : content,
    )
    .join("");
}
