/** Lets the keyboard scroll whatever is wider than the text, in every browser. */
export function letKeysScroll(): void {
  const watcher = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (!(target instanceof HTMLElement)) continue;
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });
  for (const one of document.querySelectorAll<HTMLElement>(".code pre, .table")) watcher.observe(one);
}
