import { mkdtempSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Browser, chromium, type Page } from "playwright-core";
import { type Account, byKey, newAccount, newZone, signIn } from "../dashboard/account.ts";
import { CHROMIUM_FLAGS, findChromium } from "../dashboard/chromium.ts";
import { type Started, startDashboard } from "../dashboard/started.ts";
import { pinToLoadCore, runOnEveryCore } from "./machine.ts";
import { median } from "./summary.ts";

/** How long something in a long list takes until it is on the screen: ms, a median. */
export interface ListTime {
  what: string;
  ms: number;
}

const ZONES = 10_000;
const RECORDS = 100_000;

/** What a reader waits for in lists of 10,000 zones and 100,000 records, on this machine. Null: there is no browser. */
export async function measureLists({ rounds }: { rounds: number }, folder: string): Promise<ListTime[] | null> {
  const executablePath = findChromium();
  if (executablePath === null) return null;
  runOnEveryCore();
  const state = { STATE_DIR: mkdtempSync(join(folder, "lists-")) };
  const account = await withServer(state, fillOne);
  multiply(state.STATE_DIR);
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
  try {
    return await withServer(state, (started) => measure(browser, started, account, rounds));
  } finally {
    await browser.close();
    pinToLoadCore();
  }
}

async function withServer<Result>(
  state: Record<string, string>,
  use: (started: Started) => Promise<Result>,
): Promise<Result> {
  const started = await startDashboard(state);
  try {
    return await use(started);
  } finally {
    await started.stop();
  }
}

async function fillOne(started: Started): Promise<Account> {
  const account = await newAccount(started, "enterprise");
  await newZone(started, account, "seed-zone");
  await byKey(started, account, "POST", "/api/v1/records", { record: { key: "seed.many.v1", data: "e30=" } });
  return account;
}

/** Copies the single zone and record in the database of a stopped server, because it would take an hour through the API. */
function multiply(stateDir: string): void {
  const paths = readdirSync(stateDir, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".sqlite"));
  for (const path of paths) {
    const db = new DatabaseSync(join(stateDir, path));
    if (db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'zones'").get() !== undefined) {
      copyRow(db, "zones", ZONES, { id: "'zone_' || i", name: "'zone-' || printf('%05d', i)" });
      copyRow(db, "records", RECORDS, { id: "'rec_' || i", key: "'r' || i || '.many.v1'", resource: "'r' || i" });
    }
    db.close();
  }
}

/** @param changed the differences of a copy, in SQL; `i` is its number */
function copyRow(db: DatabaseSync, table: string, count: number, changed: Readonly<Record<string, string>>): void {
  const columns = db.prepare(`PRAGMA table_info(${table})`).all() as { name: string }[];
  const values = columns.map(({ name }) => changed[name] ?? `"${name}"`);
  db.exec(`
    WITH RECURSIVE numbers (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM numbers WHERE i < ${count})
    INSERT INTO ${table} (${columns.map(({ name }) => `"${name}"`).join()})
    SELECT ${values.join()} FROM (SELECT * FROM ${table} LIMIT 1), numbers`);
}

async function measure(browser: Browser, started: Started, account: Account, rounds: number): Promise<ListTime[]> {
  const context = await browser.newContext({ baseURL: started.origin, reducedMotion: "reduce" });
  const page = await context.newPage();
  await signIn(page, started, account);
  const times = new Map<string, number[]>();
  const time = async (what: string, act: () => Promise<unknown>) => {
    const begun = performance.now();
    await act();
    times.set(what, [...(times.get(what) ?? []), performance.now() - begun]);
  };
  const opened = (path: string) => async () => {
    await page.goto(path);
    await page.getByRole("row").nth(50).waitFor();
  };
  // The first time, the server loads its code.
  for (const path of ["/zones", "/records/many"]) await opened(path)();
  for (let round = 0; round < rounds; round++) {
    await time(`${ZONES.toLocaleString("en-US")} zones: the page`, opened("/zones"));
    await time("the next 50", () => nextPage(page));
    await time("one found by its name", async () => {
      await page.getByRole("searchbox").fill(`zone-0${9_000 + round}`);
      await page.getByRole("row").nth(2).waitFor({ state: "detached" });
    });
    await time(`${RECORDS.toLocaleString("en-US")} records: the page`, opened("/records/many"));
    await time("the next 50 records", () => nextPage(page));
    await time("the 50 in the middle", opened("/records/many?page=1000"));
    await time("the last 50", opened("/records/many?page=2000"));
  }
  await context.close();
  return [...times].map(([what, all]) => ({ what, ms: median(all) }));
}

async function nextPage(page: Page): Promise<void> {
  const first = (await page.getByRole("rowheader").first().textContent()) ?? "";
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("rowheader").first().filter({ hasNotText: first }).waitFor();
}
