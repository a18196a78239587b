import { buildPurgeLog } from "../../src/zones/purge/purge-log.ts";
import { pass } from "../support/edge.ts";
import type { Alone } from "./alone.ts";
import { type HostileRequest, spelled } from "./hostile.ts";
import { initOf, type PlainRequest } from "./plain.ts";
import { essence, type Received, received } from "./received.ts";
import { Stage, turn } from "./stage.ts";
import type { ZoneKind } from "./zones.ts";

/** One thing that happens. */
export type Act =
  | ({ do: "hostile" } & HostileRequest)
  | ({ do: "plain" } & PlainRequest)
  /** The origin takes its time, until it is told to go on. */
  | { do: "pause" | "resume" }
  | { do: "pass"; seconds: number }
  | { do: "purge"; soft: boolean };

/** Two clients of one zone. */
export interface Attack {
  kind: ZoneKind;
  paths: readonly string[];
  acts: readonly Act[];
}

/** What the plain client met. */
export interface Outcome {
  faults: string[];
  story: string;
  plain: number;
  /** Of its answers, by X-Cache. */
  counts: Record<string, number>;
}

/** How long the plain client waits while nothing but the other's requests is held at the origin (ms): no work here takes as long. */
const PATIENCE_MS = 6_000;

/** How many turns of the event loop a client that waits for its answer is given before the play goes on. */
const TURNS = 40;

/** How often a play is given again without the hostile client before an answer counts as one that it never has alone. */
const AGAIN = 8;

/** Plays an attack, and judges each answer of the plain client. */
export async function playAttack(made: Attack, alone: Alone): Promise<Outcome> {
  const { kind, paths } = made;
  const { answers, given, story } = await perform(made);
  const visits = new Set(given.flatMap((got) => (got === null ? [] : visitsIn(got))));
  const outcome: Outcome = { faults: [], story: "", plain: answers.length, counts: {} };
  for (const [index, { request, answer }] of answers.entries()) {
    const path = paths[request.at]!;
    const question = `${request.shape}${request.signed ? ", signed" : ""}, of ${path}${request.query}`;
    const fault = (what: string) => outcome.faults.push(`the plain request (${question}) ${what}`);
    if (answer === "late") {
      fault("waits for what only the other asked for");
      continue;
    }
    const seen = answer.headers.get("x-cache") ?? "none";
    outcome.counts[seen] = (outcome.counts[seen] ?? 0) + 1;
    const said = answer.headers.get("cache-status") ?? "";
    // Of large bodies README says how long a follower waits for a leader who takes his time ("detail=large").
    if (said.includes("detail=impatient")) fault(`has waited for the other: ${said}`);
    const text = essence(answer);
    if (/taint/i.test(text + said)) fault(`shows the other's word: ${cut(text)}`);
    for (const visit of visitsIn(answer)) {
      if (visits.has(visit)) fault(`gets a Set-Cookie that another client got: visit=${visit}`);
      visits.add(visit);
    }
    if (outcome.faults.length > 0) continue;
    const { signed, query } = request;
    // Such a follower is sent the origin's answer as it comes: not in gzip.
    const isUncoded = said.includes("detail=large") && !answer.headers.has("content-encoding");
    const shape = request.shape === "gzip" && isUncoded ? "whole" : request.shape;
    const others = await alone.refutes(kind, { path, shape, signed, query }, text);
    if (others === null || (await isGivenWithout(made, index, text))) continue;
    fault(`is answered as it never is alone:\n${cut(text)}\nbut\n${others.map(cut).join("\nor\n")}`);
  }
  outcome.story = `${kind}, ${paths.join(" ")}\n${story.join("\n")}`;
  return outcome;
}

/** Whether the same play without its hostile client gives the plain one this answer, one time or another. */
async function isGivenWithout(made: Attack, index: number, text: string): Promise<boolean> {
  const acts = made.acts.filter((act) => act.do !== "hostile");
  for (let n = 0; n < AGAIN; n++) {
    // Told to wait for each answer as well: what is stored by then depends on it.
    const waiting = acts.map((act) => (act.do === "plain" && n % 2 === 1 ? { ...act, waits: true } : act));
    const answer = (await perform({ ...made, acts: waiting })).answers[index]?.answer;
    if (answer !== undefined && answer !== "late" && essence(answer) === text) return true;
  }
  return false;
}

/** Plays an attack: what the plain client was answered, and what the hostile one was given in the end. */
async function perform({ kind, paths, acts }: Attack) {
  const stage = await Stage.set(kind);
  const { story } = stage;
  const hostile: Promise<Received>[] = [];
  const leaving: (() => Promise<void>)[] = [];
  const plain: { request: PlainRequest; answer: Promise<Received | "late"> }[] = [];
  for (const act of acts) {
    story.push(brief(act));
    switch (act.do) {
      case "hostile": {
        const asked = attack(stage, paths, act, leaving);
        hostile.push(asked);
        await settled(asked, act.waits ? TURNS : 2);
        break;
      }
      case "plain": {
        const path = paths[act.at]! + act.query;
        const answer = received(stage.zone.get(path, { ...initOf(act), redirect: "manual" }));
        plain.push({ request: act, answer });
        void answer.then(({ status, headers }) => story.push(`  plain got ${status} ${headers.get("cache-status")}`));
        await settled(answer, act.waits ? TURNS : 2);
        break;
      }
      case "pause":
        stage.pause();
        break;
      case "resume":
        stage.resume();
        await turn();
        break;
      case "pass":
        pass(act.seconds);
        break;
      case "purge": {
        const version = stage.zone.zone.version + 1;
        const mark = { kind: "everything", value: "", soft: act.soft, at: Date.now(), version } as const;
        await stage.zone.publish({ purges: buildPurgeLog([mark]) });
        break;
      }
      default:
        act satisfies never;
    }
  }
  stage.resume();
  const patience = sleep(PATIENCE_MS);
  const answers = await Promise.all(
    plain.map(async ({ request, answer }) => ({ request, answer: await Promise.race([answer, patience.over]) })),
  );
  patience.end();
  stage.release();
  for (const leave of leaving) await leave();
  await Promise.all([...hostile, ...plain.map(({ answer }) => answer)].map((asked) => settled(asked, 1_000)));

  const given = await Promise.all(hostile.map((asked) => Promise.race([asked, turn().then(() => null)])));
  return { answers, given, story };
}

/** Sends what the hostile client sends; gives what it has in the end. `leaving`: takes what it does when the play is over. */
export async function attack(
  stage: Stage,
  paths: readonly string[],
  { method, at, spelling, query, fields, body, manner }: HostileRequest,
  leaving: (() => Promise<void>)[],
): Promise<Received> {
  const headers = new Headers();
  for (const [name, value] of fields) headers.append(name, value);
  const leaver = new AbortController();
  const hasBody = method !== "GET" && method !== "HEAD";
  const init = { method, headers, redirect: "manual", signal: leaver.signal, ...(hasBody && { body }) } as const;
  const asked = stage.zone.get(spelled(paths[at]!, spelling) + query, init);
  if (manner === "reads") return received(asked);
  const nothing: Received = { status: 0, headers: new Headers(), body: null };
  if (manner === "leaves") {
    for (let turns = 0; turns < 3; turns++) await turn();
    leaver.abort();
    await asked.catch(() => undefined);
    return nothing;
  }
  const response = await asked.catch(() => null);
  if (response === null) return nothing;
  if (manner === "stalls") leaving.push(async () => response.body?.cancel().catch(() => undefined));
  else await response.body?.cancel().catch(() => undefined);
  return { ...nothing, headers: response.headers };
}

/** Waits for a promise, but no more than so many turns. */
export async function settled(promise: Promise<unknown>, turns: number): Promise<void> {
  let isSettled = false;
  const note = () => {
    isSettled = true;
  };
  promise.then(note, note);
  for (let turned = 0; turned < turns && !isSettled; turned++) await turn();
}

function sleep(ms: number): { over: Promise<"late">; end: () => void } {
  const { promise, resolve } = Promise.withResolvers<"late">();
  const timer = setTimeout(() => resolve("late"), ms);
  return { over: promise, end: () => clearTimeout(timer) };
}

function visitsIn({ headers }: Received): string[] {
  return headers.getSetCookie().flatMap((cookie) => /visit=(\d+)/.exec(cookie)?.[1] ?? []);
}

function brief(act: Act): string {
  return cut(
    JSON.stringify(act, (_, value) =>
      typeof value === "string" && value.length > 60 ? `${value.slice(0, 60)}… (${value.length})` : value,
    ),
  );
}

function cut(text: string): string {
  return text.length > 900 ? `${text.slice(0, 900)}… (${text.length})` : text;
}
