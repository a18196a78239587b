import { env, exports } from "cloudflare:workers";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { everyMinute } from "../../src/cron.ts";
import { tendHostnames } from "../../src/hostnames/tend-hostnames.ts";
import { settingsOf } from "../../src/settings.ts";
import { call } from "./control-plane.ts";
import { FakeResolver } from "./resolver.ts";

/** A hostname as the API shows it. */
export interface ShownHostname {
  hostname: string;
  zone: string;
  state: "pending" | "active" | "lapsed" | "failed";
  since: string;
  reason: string | null;
  target: string;
  proof: {
    name: string;
    value: string;
    url: string;
    by: string | null;
    seen: string | null;
    gone_since: string | null;
  };
  checked: string | null;
  next_check: string | null;
  certificate: { state: string; reason: string | null };
  created: string;
}

/** The network of a test file: a resolver, new for each test, and origins. */
export interface Network {
  resolver: FakeResolver;
  /** Answers requests to a zone's origin. */
  origin: (request: Request) => Response;
  /** Requests that origins got. */
  asked: Request[];
}

/** Replaces `fetch` by a scripted network. */
export function playNetwork(): Network {
  const network = {} as Network;
  beforeEach(() => {
    network.resolver = new FakeResolver();
    network.origin = () => new Response("from the origin", { headers: { "cache-control": "max-age=600" } });
    network.asked = [];
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      const request = new Request(input as Request, init as RequestInit);
      const answered = await network.resolver.answer(request, settingsOf(env).dohResolver);
      if (answered !== null) return answered;
      network.asked.push(request);
      return network.origin(request);
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  return network;
}

let count = 0;

/** A hostname that no other test has. */
export function newHostname(): string {
  return `cdn-${++count}-${crypto.randomUUID().slice(0, 8)}.example.com`;
}

/** Claims a hostname for a zone. */
export async function claim(key: string, zone: string, hostname = newHostname()): Promise<ShownHostname> {
  const answer = await call(`/v1/zones/${zone}/hostnames`, { method: "POST", key, body: { hostname } });
  expect(answer.status, await answer.clone().text()).toBe(201);
  return answer.json<ShownHostname>();
}

export async function check(key: string, { zone, hostname }: Pick<ShownHostname, "zone" | "hostname">) {
  const answer = await call(`/v1/zones/${zone}/hostnames/${hostname}/check`, { method: "POST", key });
  expect(answer.status, await answer.clone().text()).toBe(200);
  return answer.json<ShownHostname>();
}

export async function read(key: string, { zone, hostname }: Pick<ShownHostname, "zone" | "hostname">) {
  const answer = await call(`/v1/zones/${zone}/hostnames/${hostname}`, { key });
  expect(answer.status, await answer.clone().text()).toBe(200);
  return answer.json<ShownHostname>();
}

export async function remove(key: string, { zone, hostname }: Pick<ShownHostname, "zone" | "hostname">): Promise<void> {
  const answer = await call(`/v1/zones/${zone}/hostnames/${hostname}`, { method: "DELETE", key });
  expect(answer.status, await answer.clone().text()).toBe(204);
}

/** Puts a claim's proof into DNS. */
export function prove({ resolver }: Network, { proof }: ShownHostname): void {
  resolver.set(proof.name, { type: "TXT", data: proof.value });
}

/** A claim that is proven by DNS and served. */
export async function activeHostname(
  network: Network,
  key: string,
  zone: string,
  hostname = newHostname(),
): Promise<ShownHostname> {
  const made = await claim(key, zone, hostname);
  prove(network, made);
  const active = await check(key, made);
  expect(active).toMatchObject({ state: "active", reason: null });
  return active;
}

/** A request to a hostname, as browsers make it. */
export function visit(hostname: string, path = "/a.css", init: RequestInit = {}): Promise<Response> {
  return exports.default.fetch(new Request(`http://${hostname}${path}`, init));
}

/** What the edge says about a request: its status, and the word for a refusal. */
export async function wordOf(answer: Response): Promise<string> {
  const detail = /detail=([\w-]+)/.exec(answer.headers.get("cache-status") ?? "")?.[1] ?? "";
  await answer.arrayBuffer();
  return `${answer.status} ${detail}`.trim();
}

/** Moves the clock, then lets the cron look for proofs. */
export async function checksAfter(seconds: number): Promise<void> {
  vi.setSystemTime(Date.now() + seconds * 1_000);
  await tendHostnames(env, Date.now());
}

/** Moves the clock, then runs the whole cron. */
export async function cronAfter(seconds: number): Promise<void> {
  vi.setSystemTime(Date.now() + seconds * 1_000);
  await everyMinute(env, Date.now());
}
