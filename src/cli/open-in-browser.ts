/** Opens a page in somebody's browser, if there is one; who has none reads the address. */
export async function openInBrowser(url: string): Promise<void> {
  const { default: open } = await import("open");
  const child = await open(url).catch(() => null);
  child?.on("error", () => {});
  child?.unref();
}
