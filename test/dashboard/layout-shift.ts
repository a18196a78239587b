import type { Page, Request, Route } from "playwright-core";

/** What is read of a `LayoutShift`, which TypeScript's library does not have. */
interface Shift extends PerformanceEntry {
  value: number;
  hadRecentInput: boolean;
  sources: readonly { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
}

/**
 * Watches what moves on a page that nobody has touched for half a second, from its first picture on, in every document that it
 * opens from now on. What it gives tells what has moved since it was last asked.
 */
export async function watchShifts(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const moved: string[] = [];
    const note = (list: PerformanceEntryList) => {
      for (const { value, hadRecentInput, sources } of list as Shift[]) {
        if (hadRecentInput || value === 0) continue;
        const what = sources.map(({ node, previousRect: a, currentRect: b }) => {
          const element = node instanceof Element ? node : node?.parentElement;
          return `${element?.tagName}.${element?.className} (${a.x}, ${a.y}, ${a.width} × ${a.height}) → (${b.x}, ${b.y}, ${b.width} × ${b.height})`;
        });
        moved.push(`${value.toFixed(4)}: ${what.join("; ")}`);
      }
    };
    const observer = new PerformanceObserver((list) => note(list.getEntries()));
    observer.observe({ type: "layout-shift", buffered: true });
    Object.assign(window, {
      takeShifts() {
        note(observer.takeRecords());
        return moved.splice(0);
      },
    });
  });
  return async () => {
    await drawn(page);
    return page.evaluate(() => (window as unknown as { takeShifts(): string[] }).takeShifts());
  };
}

/** Waits until a page has drawn what it has. */
export function drawn(page: Page): Promise<void> {
  return page.evaluate(async () => {
    for (let frame = 0; frame < 2; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
  });
}

/** In which order calls are answered that wait at the same time. */
export type Order = "oldest first" | "newest first";

/**
 * Answers what a page asks of the APIs call by call, each when what came of the one before is drawn: as a slow API would, without
 * a clock. What it gives waits until nothing is left to answer.
 */
export async function answerInTurn(page: Page, order: Order): Promise<() => Promise<void>> {
  const waiting: Route[] = [];
  let turns = Promise.resolve();
  const answer = async () => {
    const route = order === "oldest first" ? waiting.shift() : waiting.pop();
    if (route === undefined) return;
    const answered = endOf(page, route.request());
    await route.fallback();
    await answered;
    await drawn(page);
  };
  await page.route(/\/(?:v1|admin|auth)\/|\/openapi\.json$|\/resolve\?/, (route) => {
    waiting.push(route);
    // A page that is left takes its calls with it.
    turns = turns.then(answer).catch(() => undefined);
  });
  return async () => {
    for (let last: unknown; last !== turns; ) {
      last = turns;
      await turns;
    }
  };
}

function endOf(page: Page, request: Request): Promise<unknown> {
  const options = { predicate: (ended: Request) => ended === request, timeout: 5_000 };
  return Promise.race([page.waitForEvent("requestfinished", options), page.waitForEvent("requestfailed", options)]);
}
