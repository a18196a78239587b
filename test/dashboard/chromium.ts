import { existsSync } from "node:fs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where a browser is that tests can drive: `CHROMIUM`, or where Debian and others install it. Null: nowhere. */
export function findChromium(): string | null {
  const { CHROMIUM } = process.env;
  return (CHROMIUM ? [CHROMIUM] : PLACES).find((path) => existsSync(path)) ?? null;
}

/** The sandbox needs a user other than root; the pages that are opened here are our own. */
export const CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
