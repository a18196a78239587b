import { html, raw } from "hono/html";

type Html = ReturnType<typeof html>;

/** The files that pages load, by their path on the site. */
export interface Assets {
  style: string;
  script: string;
  icon: string;
  /** The search index, loaded when somebody searches. */
  search: string;
}

/** A page of the site: the parts in which pages differ. */
export interface Page {
  /** The title of its tab. */
  title: string;
  description: string;
  /** Which half of the site it is in. */
  half: "guides" | "reference";
  /** What else is in its head. */
  head?: Html | string;
  /** Whether its body has the list of all guides, which a button opens on a narrow screen. */
  hasMenu?: boolean;
  body: Html;
}

/** A whole page, with the bar that all pages have. All scripts are in files, so that its policy needs no 'unsafe-inline'. */
export function pageHtml({ title, description, half, head = "", hasMenu = false, body }: Page, assets: Assets): string {
  const current = (one: Page["half"]) => (one === half ? raw(' aria-current="true"') : "");
  return String(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<meta name="description" content="${description}">
<link rel="icon" href="${assets.icon}" type="image/svg+xml">
<link rel="stylesheet" href="${assets.style}">
${head}
<script type="module" src="${assets.script}"></script>
</head>
<body class="${half}">
<a class="skip" href="#content">Skip to the content</a>
<header class="bar">
${hasMenu ? html`<button type="button" class="menu" popovertarget="guides" aria-label="All guides">☰</button>` : ""}
<a class="brand" href="/docs"><img src="${assets.icon}" alt="" width="24" height="24">ResCDN <span>Docs</span></a>
<nav aria-label="Documentation">
<a href="/docs"${current("guides")}>Guides</a>
<a href="/docs/api"${current("reference")}>API reference</a>
</nav>
<search class="search" data-index="${assets.search}" hidden>
<label class="unseen" for="search">Search the guides</label>
<input id="search" type="search" placeholder="Search" autocomplete="off" spellcheck="false" aria-controls="found">
<kbd aria-hidden="true">/</kbd>
<div class="found" id="found" hidden><p role="status"></p><ol></ol></div>
</search>
</header>
${body}
</body>
</html>
`);
}
