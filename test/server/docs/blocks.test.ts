import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Listening, listen } from "../../origins/listen.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { differencesFrom } from "./answers.ts";
import { commandBlocksOf, commandsOf, type Shown } from "./blocks.ts";
import { isWhole, openShell, type Shell } from "./shell.ts";

const GUIDE = [
  "# Guide",
  "",
  "```sh",
  "# first",
  "curl a \\",
  "  -d '{",
  "}'   # 412: changed since",
  "f() { curl b; }",
  "cat <<'END'",
  "x",
  "END",
  "false   # exit code 1",
  "```",
  "",
  "```json",
  '{ "a": 1 }',
  "```",
  "",
  "<!-- not run: needs a cloud -->",
  "",
  "```sh",
  "wrangler login",
  "```",
  "said",
  "```json",
  "{}",
  "```",
].join("\n");

describe("the commands of a guide", () => {
  it("are taken one by one, whatever lines they have, with what is expected of each", () => {
    const [first, second] = commandBlocksOf(GUIDE);
    expect(commandsOf(first!, isWhole)).toEqual([
      { line: 5, text: "curl a \\\n  -d '{\n}'   # 412: changed since", expected: { status: 412 } },
      { line: 8, text: "f() { curl b; }", expected: null },
      { line: 9, text: "cat <<'END'\nx\nEND", expected: null },
      { line: 12, text: "false   # exit code 1", expected: { code: 1 } },
    ]);
    expect([first!.notRun, first!.answer?.code]).toEqual([null, '{ "a": 1 }']);
    expect([second!.notRun, second!.answer]).toEqual(["needs a cloud", null]);
  });
});

describe("an answer", () => {
  const json = (code: string) => ({ language: "json", code, line: 1, notRun: null }) as Shown;

  it("differs from what the guide shows where something is missing or of another kind, not where a value is another", () => {
    expect(differencesFrom(json('{"a":1,"b":[{"c":"x"}]}'), '{"a":2,"b":[{"c":"y","d":1}],"e":1}')).toEqual([]);
    expect(differencesFrom(json('{"a":1}'), '{"a":"1"}')).toEqual(['the answer.a is "1", not 1']);
    expect(differencesFrom(json('{"b":[{"c":"x"}]}'), '{"b":[{}]}')).toEqual(["the answer.b[0] has no c: {}"]);
    expect(differencesFrom(json("{}"), "nothing")).toEqual(["its answer is not JSON: nothing"]);
    const http = { ...json("HTTP/1.1 200 OK\nAge: 0\nX-Cache: HIT"), language: "http" } as Shown;
    expect(differencesFrom(http, "HTTP/1.1 200 OK\nage: 3\n")).toEqual([
      "its answer has no X-Cache: HTTP/1.1 200 OK\nage: 3\n",
    ]);
  });
});

describe("a reader's terminal", () => {
  const folder = temporaryFolder("shell");
  let shell: Shell;
  let server: Listening;
  beforeAll(async () => {
    shell = await openShell(process.cwd(), folder, { WHO: "reader" });
    server = await listen(createServer((request, answer) => answer.writeHead(Number(request.url?.slice(1))).end()));
  });
  afterAll(() => Promise.all([shell.close(), server.close()]));

  it("keeps variables and functions, and tells exit codes and what was said", async () => {
    await shell.run("export A=1; f() { echo $A $WHO; }");
    expect(await shell.run("f; echo no >&2; (exit 3)")).toEqual({
      code: 3,
      stdout: "1 reader\n",
      stderr: "no\n",
      statuses: [],
    });
  });

  it("tells the status of each answer, whatever else curl is asked to show", async () => {
    const { code, statuses } = await shell.run(
      `curl -s -o /dev/null -D - ${server.url}/404; curl -i ${server.url}/200; echo $(curl -w '%{http_code}' ${server.url}/503)`,
    );
    expect([code, statuses]).toEqual([0, [404, 200, 503]]);
    expect(await shell.run("curl http://127.0.0.1:9/")).toMatchObject({ code: 7, statuses: [] });
  });
});
