import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli, said, startCli } from "../cli/run-cli.ts";
import { HAS_BROWSER, signedInWindow, started } from "./visit.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rescdn-login-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const CONFIRM = "Create the keys, and sign in the terminal";
// A browser that is opened by nobody but the test.
const environment = () => ({
  XDG_CONFIG_HOME: folder,
  RESCDN_API: `http://localhost:${started.port}`,
  BROWSER: "true",
});

interface Kept {
  rescdn: string;
  resolvedb: string;
  made: { rescdn: string };
}

async function kept(profile: string): Promise<Kept> {
  return JSON.parse(await readFile(join(folder, "rescdn/config.json"), "utf8")).profiles[profile];
}

const takes = async (key: string) =>
  (await fetch(`http://127.0.0.1:${started.port}/v1/me`, { headers: { "X-ResCDN-Key": key } })).status;

describe.skipIf(!HAS_BROWSER)("rescdn login", () => {
  it("gets keys that somebody has confirmed in the dashboard, keeps them for its user alone, and logout revokes them", async () => {
    const { page } = await signedInWindow();
    const env = environment();
    const login = startCli(["login", "--scope", "zones:read", "keys:write"], { env });
    const [url] = await said(login, "stderr", /http:\/\/localhost:\d+\/command-line\S+/);
    await page.goto(url);
    await page.getByText("create, change and delete zones").waitFor({ state: "detached" });
    await page.getByText("read zones and their settings").waitFor();
    await page.getByRole("button", { name: CONFIRM }).click();
    await page.getByRole("heading", { name: "Signed in" }).waitFor();
    const ended = await login.ended;
    expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining("as Example (profile default)")]);

    const { rescdn, resolvedb, made } = await kept("default");
    expect((await stat(join(folder, "rescdn/config.json"))).mode & 0o777).toBe(0o600);
    // Neither the address of the page nor what was said shows a key.
    for (const secret of [rescdn, resolvedb])
      expect(url + page.url() + ended.stdout + ended.stderr).not.toContain(secret);
    const me = await runCli(["whoami", "--json"], { env });
    expect(JSON.parse(me.stdout)).toMatchObject({ key: { id: made.rescdn, scopes: ["zones:read", "keys:write"] } });
    expect((await runCli(["records", "ls", "--json"], { env })).stdout).toBe("[]\n");

    expect(await takes(rescdn)).toBe(200);
    expect((await runCli(["logout"], { env })).code).toBe(0);
    expect(await takes(rescdn)).toBe(401);
    expect((await runCli(["whoami"], { env })).code).toBe(2);
  });

  it("takes the code that the page shows where the browser is on another machine, and no other sign-in's", async () => {
    const { page } = await signedInWindow();
    const env = environment();
    const start = () => startCli(["login", "--no-browser", "--profile", "far"], { env });
    const codeFor = async (login: ReturnType<typeof start>) => {
      const [url] = await said(login, "stderr", /http:\/\/localhost:\d+\/command-line\S+/);
      await page.goto(url);
      await page.getByRole("button", { name: CONFIRM }).click();
      return (await page.locator(".snippet pre").textContent()) ?? "";
    };
    const [first, second] = [start(), start()];
    const code = await codeFor(first);
    second.stdin!.end(`${code}\n`);
    expect(await second.ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("not the code of this sign-in"),
    });
    first.stdin!.end(`${code}\n`);
    expect(await first.ended).toMatchObject({ code: 0 });
    expect(await takes((await kept("far")).rescdn)).toBe(200);
  });
});
