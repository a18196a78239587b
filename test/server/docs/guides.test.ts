import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { guideTexts } from "../../../src/server/docs/build-docs.ts";
import { renderGuides } from "../../../src/server/docs/guides.ts";
import { withWords } from "../../../src/server/docs/words-section.ts";
import { projectRoot } from "../../../src/server/project.ts";
import { WORDS } from "../../../src/why/words.ts";

const exists = (path: string) => existsSync(join(projectRoot, path));

/** Guides that a test has made up, with an index that names them. */
function render(guides: Record<string, string>) {
  const names = Object.keys(guides);
  const index = `# Guides\n\nTo read.\n\n## All\n\n${names.map((name) => `- [${name}](${name}.md): of ${name}`).join("\n")}\n`;
  const texts = Object.entries({ ...guides, README: index }).map(
    ([name, text]) => [`src/docs/${name}.md`, text] as const,
  );
  return renderGuides(
    new Map(texts),
    (path) => path === "src/worker.ts" || path === "src/a.png",
    () => "/picture",
  );
}

describe("the guides", () => {
  it("have no dead link or anchor, no picture without words, no HTML, and each is in the list once", async () => {
    const readme = readFileSync(join(projectRoot, "README.md"), "utf8");
    const { problems, guides } = renderGuides((await guideTexts()).set("README.md", readme), exists, () => "");
    expect(problems).toEqual([]);
    expect(guides.length).toBeGreaterThan(3);
  });

  it("explain every word of Cache-Status as the code does", async () => {
    const guide = (await guideTexts()).get("src/docs/why-not-cached.md")!;
    expect(guide, "npm run guide-words writes it").toBe(withWords(guide));
    for (const word of Object.keys(WORDS)) expect(guide).toContain(`\n### \`${word}\`\n`);
  });
});

describe("renderGuides()", () => {
  it("leads links between files to pages, with their anchors, and leaves of links to sources the words alone", () => {
    const { guides, problems } = render({
      one: "# One\n\n[two](two.md), [part](two.md#a-part), [code](../worker.ts), [out](https://example.com/x)\n",
      two: "# Two\n\n## A part\n\n[all](README.md), [here](#a-part)\n\n![it](../a.png)\n",
    });
    expect(problems).toEqual([]);
    expect(guides[0]!.html).toContain(
      '<a href="/docs/two">two</a>, <a href="/docs/two#a-part">part</a>, code, <a href="https://example.com/x">out</a>',
    );
    expect(guides[1]!.html).toContain('<h2 id="a-part"><a href="#a-part">A part</a></h2>');
    expect(guides[1]!.html).toContain('<a href="/docs">all</a>, <a href="#a-part">here</a>');
    expect(guides[1]!.html).toContain('<img src="/picture" alt="it">');
  });

  it("names each thing that is wrong, with its file", () => {
    const { problems } = render({
      one: "# One\n\n[a](no.md) [b](two.md#no) [c](/v1/zones) ![](no.png)\n\n<b>x</b>\n\n```klingon\n```\n",
      two: "no title\n",
    });
    expect(problems.toSorted()).toEqual(
      [
        "src/docs/one.md: it has HTML: </b>",
        "src/docs/one.md: it has HTML: <b>",
        'src/docs/one.md: no language is called "klingon"',
        "src/docs/one.md: nothing is said of what no.png shows",
        "src/docs/one.md: src/docs/two.md has no heading #no",
        "src/docs/one.md: there is no page /v1/zones to link to by its path",
        "src/docs/one.md: there is no picture no.png",
        "src/docs/one.md: there is no src/docs/no.md",
        'src/docs/two.md: it has 0 titles ("# …")',
      ].sort(),
    );
    const texts = new Map([
      ["src/docs/README.md", "# Guides\n\n## All\n\n- [gone](gone.md): of it\nelse\n"],
      ["src/docs/new.md", "# New\n"],
    ]);
    expect(
      renderGuides(
        texts,
        () => false,
        () => "",
      ).problems,
    ).toEqual([
      "src/docs/README.md: there is no src/docs/gone.md",
      'src/docs/README.md: "- [Name](file.md): what it is about" was expected, not "else"',
      "src/docs/README.md: src/docs/new.md has to be in it, once",
    ]);
  });

  it("has no heading of nothing in a table's corner", () => {
    const [guide] = render({ one: "# One\n\n| | b |\n|---|---|\n| a | 1 |\n" }).guides;
    expect(guide!.html).toContain("<td></td>\n<th>b</th>");
  });

  it("shows no comment, and lets nothing in a text become markup", () => {
    const [guide] = render({ one: "# One\n\n<!-- not run: x -->\n\n```sh\necho '<b>' # &\n```\n\n`<i>`\n" }).guides;
    expect(guide!.html).not.toMatch(/not run|<b>|<i>/);
    expect(guide!.html).toContain("&lt;i&gt;");
  });

  it("gives headings of the same words the anchors that GitHub gives them", () => {
    const [guide] = render({ one: "# One\n\n## `x` & y (z)\n\n## `x` & y (z)\n" }).guides;
    expect(guide!.headings.map(({ id }) => id)).toEqual(["x--y-z", "x--y-z-1"]);
  });
});
