/** The height of the bar, plus some space. */
const TOP_PIXELS = 120;

/** Marks the current heading in the list of headings. */
export function followReader(): void {
  const links = new Map(
    [...document.querySelectorAll<HTMLAnchorElement>("nav.contents a")].map((link) => [link.hash.slice(1), link]),
  );
  const headings = [...document.querySelectorAll<HTMLElement>("article :is(h2, h3)[id]")];
  if (links.size === 0 || headings.length === 0) return;
  let current: HTMLAnchorElement | undefined;
  const update = () => {
    // The last heading that has reached the top, where links lead.
    const read = headings.findLast((heading) => heading.getBoundingClientRect().top < TOP_PIXELS) ?? headings[0]!;
    const link = links.get(read.id);
    if (link === current) return;
    current?.removeAttribute("aria-current");
    link?.setAttribute("aria-current", "location");
    link?.scrollIntoView({ block: "nearest" });
    current = link;
  };
  let isAsked = false;
  addEventListener(
    "scroll",
    () => {
      if (isAsked) return;
      isAsked = true;
      requestAnimationFrame(() => {
        isAsked = false;
        update();
      });
    },
    { passive: true },
  );
  update();
}
