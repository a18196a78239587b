/** Opens a page in the browser, if there is one; others can read the address. */
export async function openInBrowser(url: string): Promise<void> {
  const { default: open } = await import("open");
  const child = await open(url).catch(() => null);
  child?.on("error", () => {});
  child?.unref();
}
