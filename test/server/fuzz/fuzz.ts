import { once } from "node:events";
import { connect } from "node:net";
import fc from "fast-check";
import { request } from "../request.ts";
import { type Document, type FuzzRequest, fuzzRequests } from "./requests.ts";
import { createWorld, HOST, type World } from "./world.ts";

/** What came of a run. */
export interface FuzzTally {
  requests: number;
  /** By class (`2xx`), `none` for what is no request and got no answer. */
  answers: Record<string, number>;
  statuses: Record<string, number>;
  slowestMs: number;
  /** What must not be, each with the request: at most 20. */
  wrong: string[];
}

/** No request takes longer than that, ms. */
const PATIENCE_MS = 15_000;
const CONCURRENCY = 8;

/** Sends generated requests over sockets of their own to `npm run serve`, and looks at every answer. */
export async function fuzz(port: number, operator: string, requests: number, seed: number): Promise<FuzzTally> {
  const documents = await Promise.all(["/openapi.json", "/api/v1/openapi.json"].map((path) => documentAt(port, path)));
  const world = await createWorld(port, operator);
  const before = await world.foreignState();
  const tally: FuzzTally = { requests, answers: {}, statuses: {}, slowestMs: 0, wrong: [] };
  const queue = fc.sample(fuzzRequests(documents), { numRuns: requests, seed });
  const random = fc.sample(fc.nat(), { numRuns: requests, seed });
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < queue.length; at = next++) await attempt(port, world, queue[at]!, random[at]!, tally);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  const after = await world.foreignState();
  if (after !== before) {
    const [lines, linesBefore] = [after, before].map((state) => state.split(/(?<=[,}])/));
    const changed = lines!
      .filter((line) => !linesBefore!.includes(line))
      .slice(0, 6)
      .join(" ");
    tally.wrong.push(`the other account's things have changed: ${changed}`);
  }
  if ((await request(port, HOST, "/health")).status !== 200) tally.wrong.push("the server is not well");
  return tally;
}

async function documentAt(port: number, path: string): Promise<Document> {
  return JSON.parse((await request(port, HOST, path)).body) as Document;
}

async function attempt(port: number, world: World, made: FuzzRequest, random: number, tally: FuzzTally): Promise<void> {
  const sent = filled(made, world, random);
  const began = performance.now();
  const answer = await exchange(port, sent, made.whole);
  tally.slowestMs = Math.max(tally.slowestMs, Math.round(performance.now() - began));
  const wrong = (what: string) => {
    if (tally.wrong.length < 20) tally.wrong.push(`${what}: ${show(sent)} → ${show(Buffer.from(answer ?? ""))}`);
  };
  if (answer === null) return wrong("no end within 15 seconds");
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(
    answer.replace(/^(HTTP\/1\.1 1\d\d [^\r]*\r\n(?:[^\r]+\r\n)*\r\n)+/, ""),
  )?.[1];
  const kind = status === undefined ? "none" : `${status[0]}xx`;
  tally.answers[kind] = (tally.answers[kind] ?? 0) + 1;
  if (status === undefined && made.whole) wrong("no answer");
  if (status !== undefined) tally.statuses[status] = (tally.statuses[status] ?? 0) + 1;
  // 501: workerd itself does not know the method.
  if (Number(status) >= 500 && status !== "501") wrong("a failure");
  const asked = sent.toString("latin1");
  const leaked = world.secrets.filter((secret) => answer.includes(secret) && !asked.includes(secret));
  if (leaked.length > 0) wrong(`another account's ${leaked.join(", ")}`);
  if (status === "201") learn(world, answer);
}

/** A request with keys and things in it, and with its length. */
function filled({ bytes }: FuzzRequest, { keys, own, foreign, operator }: World, random: number): Buffer {
  const pick = (from: readonly string[] | undefined) => from?.[random % from.length] ?? "missing";
  const text = bytes
    .toString("latin1")
    .replaceAll(/(Authorization: Bearer )?<key>/g, (_, bearer?: string) =>
      bearer ? bearer + pick(keys.resolvedb) : pick(keys.rescdn),
    )
    .replaceAll("<operator>", operator)
    .replaceAll(/<(own|foreign):(\w+)>/g, (_, whose: string, kind: string) =>
      pick((whose === "own" ? own : foreign)[kind]),
    );
  const body = text.length - text.indexOf("\r\n\r\n") - 4;
  return Buffer.from(text.replace("<length>", String(body)), "latin1");
}

/** What a request has created is what later ones are about. */
function learn({ own }: World, answer: string): void {
  const body = answer.slice(answer.indexOf("\r\n\r\n") + 4);
  const found = /"id":"(zone|rec|hook|qtok)(_\w+)"/.exec(body);
  if (found === null) return;
  const name = { zone: "zone", rec: "record", hook: "webhook", qtok: "query_token" }[found[1]!]!;
  own[name] = [...(own[name] ?? []), found[1]! + found[2]!].slice(-30);
}

/** All that came until the server ended the connection; null: it did not within the limit. */
async function exchange(port: number, bytes: Buffer, whole: boolean): Promise<string | null> {
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  let late = false;
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    // A zone's tail has no end.
    if (/^HTTP\/1\.1 200 [\s\S]*\r\ncontent-type: text\/event-stream/i.test(chunk.toString("latin1"))) socket.destroy();
  });
  socket.on("error", () => undefined); // "close" follows
  const closed = once(socket, "close");
  const limit = setTimeout(() => {
    late = true;
    socket.destroy();
  }, PATIENCE_MS);
  // What is not all of a request is ended, so that the server need not wait for the rest.
  if (whole) socket.write(bytes);
  else socket.end(bytes);
  await closed;
  clearTimeout(limit);
  return late ? null : Buffer.concat(chunks).toString("latin1");
}

function show(bytes: Buffer): string {
  return JSON.stringify(bytes.toString("latin1").slice(0, 600));
}
