import type MiniSearch from "minisearch";
import { excerptOf } from "./excerpt.ts";
import type { Part } from "./search-options.ts";

/** As many as people look through. */
const MOST_RESULTS = 12;

/** Makes the field in the bar search all guides. The index is loaded when somebody enters the field. */
export function startSearch(): void {
  const box = document.querySelector<HTMLElement>(".search")!;
  const field = box.querySelector("input")!;
  const found = box.querySelector<HTMLElement>(".found")!;
  const list = found.querySelector("ol")!;
  const said = found.querySelector("p")!;
  box.hidden = false;

  let loading: Promise<MiniSearch<Part>> | null = null;
  const index = () => {
    loading ??= loadIndex(box.dataset.index!).catch((error) => {
      loading = null;
      throw error;
    });
    return loading;
  };

  async function update(): Promise<void> {
    const asked = field.value.trim();
    if (asked === "") return close();
    try {
      const results = (await index()).search(asked).slice(0, MOST_RESULTS);
      if (field.value.trim() !== asked) return;
      list.replaceChildren(
        ...results.map(({ id, terms, ...part }) => itemOf({ id, ...part } as unknown as Part, terms)),
      );
      said.textContent = results.length === 0 ? `Nothing was found for “${asked}”.` : `${results.length} found`;
    } catch {
      list.replaceChildren();
      said.textContent = "The search could not be loaded. Try again in a moment.";
    }
    found.hidden = false;
  }

  function close(): void {
    found.hidden = true;
    list.replaceChildren();
    said.textContent = "";
  }

  field.addEventListener("focus", () => void index().catch(() => {}), { once: true });
  field.addEventListener("input", () => void update());
  box.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement as HTMLAnchorElement);
    if (event.key === "Escape") {
      close();
      field.value = "";
      field.focus();
    } else if (event.key === "ArrowDown") {
      links[Math.min(at + 1, links.length - 1)]?.focus();
    } else if (event.key === "ArrowUp") {
      if (at > 0) links[at - 1]!.focus();
      else field.focus();
    } else if (event.key === "Enter" && document.activeElement === field) {
      links[0]?.click();
    } else return;
    event.preventDefault();
  });
  // A result may be on the same page.
  list.addEventListener("click", () => close());
  document.addEventListener("click", ({ target }) => {
    if (!box.contains(target as Node)) found.hidden = true;
  });
  box.addEventListener("focusin", () => {
    if (list.childElementCount > 0) found.hidden = false;
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = (event.target as HTMLElement).closest("input, textarea, select, [contenteditable]") !== null;
    const wants = (event.key === "/" && !isTyping) || (event.key === "k" && (event.metaKey || event.ctrlKey));
    if (!wants || event.altKey) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}

async function loadIndex(url: string): Promise<MiniSearch<Part>> {
  const [{ readIndex }, answer] = await Promise.all([import("./search-index.ts"), fetch(url)]);
  if (!answer.ok) throw new Error(`${url} was answered ${answer.status}`);
  return readIndex(await answer.text());
}

/** A result: its place, and the words around what was found. */
function itemOf({ id, guide, heading, text }: Part, terms: readonly string[]): HTMLLIElement {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = id;
  const place = document.createElement("strong");
  place.textContent = heading === "" ? guide : heading;
  const whose = document.createElement("span");
  whose.textContent = heading === "" ? "" : guide;
  const excerpt = document.createElement("p");
  excerpt.append(
    ...excerptOf(text, terms).map(({ text: part, isFound }) => {
      if (!isFound) return part;
      const mark = document.createElement("mark");
      mark.textContent = part;
      return mark;
    }),
  );
  link.append(place, whose, excerpt);
  item.append(link);
  return item;
}
