import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { guideFiles } from "../../../src/server/docs/guides.ts";
import { projectRoot } from "../../../src/server/project.ts";
import { type Listening, listen } from "../../origins/listen.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { differencesFrom } from "./answers.ts";
import { commandBlocksOf, commandsOf } from "./blocks.ts";
import { freePort, type StartedClone, startClone } from "./clone.ts";
import { readersOrigin } from "./readers-origin.ts";
import { isWhole, openShell, type Ran } from "./shell.ts";

/** README.md and the guides, in the order that readers find them. */
const files = ["README.md", ...guideFiles(await readFile(join(projectRoot, "src/docs/README.md"), "utf8"))];
const texts = new Map(
  await Promise.all(files.map(async (file) => [file, await readFile(join(projectRoot, file), "utf8")] as const)),
);

const folder = temporaryFolder("terminal");
let clone: StartedClone;
let origin: Listening;
let dnsPort: number;
beforeAll(async () => {
  [clone, origin, dnsPort] = await Promise.all([startClone(), listen(readersOrigin()), freePort()]);
  // Readers wait between commands, tests do not.
  await operator("PATCH", `/admin/accounts/${(await accountId())!}`, { plan: "enterprise" });
});
afterAll(() => Promise.all([clone?.stop(), origin?.close()]));

describe("the commands of", () => {
  it.each(files.filter((file) => commandBlocksOf(texts.get(file)!).some(({ notRun }) => notRun === null)))(
    "%s work as they stand there",
    async (file) => {
      const shell = await openShell(clone.folder, join(folder, file.replaceAll("/", "-")), {
        ...clone.secrets,
        RESCDN_API: `http://localhost:${clone.port}`,
        PORT: String(clone.port),
        ORIGIN_TOKEN: "what-a-reader-has-set",
        DNS_PORT: String(dnsPort),
      });
      const wrong: string[] = [];
      try {
        for (const block of commandBlocksOf(texts.get(file)!).filter(({ notRun }) => notRun === null)) {
          const commands = commandsOf(block, isWhole);
          for (const [index, { line, text, expected }] of commands.entries()) {
            if (isPlaceholder(text)) continue;
            const ran = await shell.run(asRunHere(text));
            const { answer } = block;
            const problems = [
              ...problemsOf(ran, expected),
              ...(answer !== null && index === commands.length - 1 ? differencesFrom(answer, ran.stdout) : []),
            ];
            wrong.push(...problems.map((problem) => `${file}:${line}: ${text}\n  ${problem}`));
          }
        }
      } finally {
        await shell.close();
      }
      expect(wrong.join("\n\n")).toBe("");
    },
  );

  it("all guides are run but for what the guides say cannot run here, and why", () => {
    const blocks = files.flatMap((file) => commandBlocksOf(texts.get(file)!).map((block) => ({ file, ...block })));
    const left = blocks.filter(({ notRun }) => notRun !== null);
    const commands = blocks.filter(({ notRun }) => notRun === null).flatMap((block) => commandsOf(block, isWhole));
    console.log(
      [
        `${commands.length} commands of ${files.length} files are run; ${left.length} blocks are not:`,
        ...left.map(({ file, line, notRun }) => `  ${file}:${line}: ${notRun}`),
      ].join("\n"),
    );
    expect(commands.length).toBeGreaterThan(120);
    expect(left.length).toBeLessThanOrEqual(25);
  });
});

/** Somebody's own key stands in the place of a made one. */
function isPlaceholder(command: string): boolean {
  return /^\s*export \w+=\S*…/.test(command);
}

/** A command with the test's servers in the place of those that it names. */
function asRunHere(command: string): string {
  return command
    .replaceAll(/localhost:8787\b/g, `localhost:${clone.port}`)
    .replaceAll(/127\.0\.0\.1:8787\b/g, `127.0.0.1:${clone.port}`)
    .replaceAll("https://api.rescdn.io", `http://localhost:${clone.port}`)
    .replaceAll(
      /(?<=^|\s|\s["'])https:\/\/([\w-]+)\.rescdn\.io(?=[/"'\s]|$)/gm,
      `http://$1.rescdn.localhost:${clone.port}`,
    )
    .replaceAll(/https:\/\/(?:your-origin\.com|(?:beta|origin)\.example\.com)/g, origin.url)
    .replaceAll(/-p 5353\b/g, `-p ${dnsPort}`);
}

function problemsOf(
  { code, stdout, stderr, statuses }: Ran,
  expected: { status?: number; code?: number } | null,
): string[] {
  const said = `${stdout}${stderr}`.trim().slice(-600);
  if (expected?.status !== undefined)
    return statuses.at(-1) === expected.status ? [] : [`was answered ${statuses.at(-1)}: ${said}`];
  if (expected?.code !== undefined) return code === expected.code ? [] : [`ended with ${code}: ${said}`];
  return [
    ...statuses.filter((status) => status >= 400).map((status) => `was answered ${status}: ${said}`),
    ...(code === 0 ? [] : [`ended with ${code}: ${said}`]),
  ];
}

async function operator(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`http://127.0.0.1:${clone.port}${path}`, {
    method,
    headers: { authorization: `Bearer ${clone.secrets.ADMIN_TOKEN}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  expect(answer.status, path).toBeLessThan(300);
  return answer.json();
}

async function accountId(): Promise<string | undefined> {
  const { accounts } = (await operator("GET", "/admin/accounts")) as { accounts: { id: string }[] };
  return accounts[0]?.id;
}
