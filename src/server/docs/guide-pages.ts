import { html, raw } from "hono/html";
import type { Guide, Guides } from "./guides.ts";
import { type Assets, pageHtml } from "./page.ts";

type Html = ReturnType<typeof html>;

/** The pages of the guides by path: the start page, each guide's, and the page for paths that do not exist. */
export function guidePages(all: Guides, assets: Assets): { pages: Map<string, string>; missing: string } {
  const pages = new Map([["/docs", startPage(all, assets)]]);
  for (const [index, guide] of all.guides.entries())
    pages.set(guide.path, guidePage(guide, all.guides[index - 1], all.guides[index + 1], all, assets));
  return { pages, missing: missingPage(all, assets) };
}

function startPage(all: Guides, assets: Assets): string {
  const body = html`<main id="content" class="start" tabindex="-1">
<h1>${all.title}</h1>
<p class="lead">${all.introduction}</p>
${groupsOf(all.guides).map(
  ([group, guides]) => html`<section>
<h2>${group}</h2>
<ul class="cards">
${guides.map(
  ({ path, name, descriptionHtml }) => html`<li><a href="${path}">${name}</a><p>${raw(descriptionHtml)}</p></li>`,
)}
</ul>
</section>`,
)}
<section>
<h2>API reference</h2>
<ul class="cards">
<li><a href="/docs/api">ResCDN API</a><p>Zones, hostnames, purges, keys, usage. Every call can be tried with a key of yours.</p></li>
<li><a href="/docs/api/resolvedb">ResolveDB API</a><p>Records, namespaces, query tokens, webhooks.</p></li>
</ul>
</section>
</main>`;
  return pageHtml(
    { title: `ResCDN ${all.title.toLowerCase()}`, description: all.introduction, half: "guides", body },
    assets,
  );
}

function guidePage(
  guide: Guide,
  before: Guide | undefined,
  after: Guide | undefined,
  all: Guides,
  assets: Assets,
): string {
  const contents = contentsOf(guide);
  const body = html`<div class="columns">
${sideOf(all, guide)}
<main id="content" tabindex="-1">
<p class="group">${guide.group}</p>
<h1>${guide.title}</h1>
${contents !== "" && html`<details class="contents-here"><summary>On this page</summary>${contents}</details>`}
<article>${raw(guide.html)}</article>
<nav class="neighbours" aria-label="Previous and next guide">
${before && html`<a rel="prev" href="${before.path}"><span>Previous</span>${before.name}</a>`}
${after && html`<a rel="next" href="${after.path}"><span>Next</span>${after.name}</a>`}
</nav>
</main>
<nav class="contents" aria-label="On this page">${contents !== "" && html`<p>On this page</p>${contents}`}</nav>
</div>`;
  return pageHtml(
    { title: `${guide.title} · ResCDN`, description: guide.description, half: "guides", hasMenu: true, body },
    assets,
  );
}

function missingPage(all: Guides, assets: Assets): string {
  const body = html`<div class="columns">
${sideOf(all, null)}
<main id="content" tabindex="-1">
<h1>There is no such page</h1>
<p>All guides are on <a href="/docs">the start page</a>, and what the API has is in <a href="/docs/api">its reference</a>.</p>
</main>
</div>`;
  return pageHtml(
    { title: "No such page · ResCDN", description: all.introduction, half: "guides", hasMenu: true, body },
    assets,
  );
}

/** The list of all guides: beside the text, or behind a button on a narrow screen. */
function sideOf({ guides }: Guides, current: Guide | null): Html {
  return html`<nav class="side" id="guides" aria-label="Guides" popover>
${groupsOf(guides).map(
  ([group, members]) => html`<p>${group}</p>
<ul>
${members.map(
  (one) => html`<li><a href="${one.path}"${one === current ? raw(' aria-current="page"') : ""}>${one.name}</a></li>`,
)}
</ul>`,
)}
</nav>`;
}

/** A guide's headings: those of the second level, with those of the third below them. */
function contentsOf({ headings }: Guide): Html | "" {
  const shown = headings.filter(({ level }) => level <= 3);
  if (shown.length < 2) return "";
  return html`<ul>
${shown.map(({ level, id, text }) => html`<li class="level-${level}"><a href="#${id}">${text}</a></li>`)}
</ul>`;
}

function groupsOf(guides: readonly Guide[]): [string, Guide[]][] {
  return [...Map.groupBy(guides, ({ group }) => group)];
}
