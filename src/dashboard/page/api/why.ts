import { account, mode } from "../state/session.ts";
import { answerOf } from "./problem.ts";

/** A word of `Cache-Status` with what it means. */
export interface Word {
  word: string;
  means: string;
  law: string | null;
  setting: string | null;
  cure: string;
}

interface Lifetime {
  seconds: number;
  source: string;
  law: string | null;
  setting: string | null;
}

/** What an origin answers, and what the edge makes of it. */
export interface OriginReport {
  asked: string;
  reachable: boolean;
  status: number | null;
  milliseconds: number;
  fallback: boolean;
  fields: readonly { name: string; value: string }[];
  failure: Word | null;
  verdict: {
    stored: boolean;
    word: Word | null;
    lifetime: Lifetime;
    content_type: { said: string | null; sent: string | null };
    size: number | null;
    vary: readonly string[];
    tags: readonly string[];
  } | null;
  story: readonly string[];
}

/** What the edge does with a request, and why. */
export interface Why {
  url: string;
  method: string;
  summary: string;
  story: readonly string[];
  location: string;
  target: { key: string; ttl: { seconds: number | null; setting: string } };
  rules: readonly { place: number; name: string | null; does: readonly string[] }[];
  access: { verdict: string; word: Word | null };
  decision: {
    kind: string;
    status: number | null;
    asks_origin: boolean;
    cache_status: string;
    word: Word | null;
  };
  stored: {
    where: string;
    use: string;
    status: number;
    content_type: string | null;
    size: number | null;
    etag: string | null;
    stored_at: string;
    age: number;
    ttl: number;
    lifetime: Lifetime;
    vary: readonly string[];
  } | null;
  purges: readonly { kind: string; name: string | null; soft: boolean; version: number; hits: boolean }[];
  origin: OriginReport | null;
}

/** What is asked of {@link Why}. */
export interface Question {
  url: string;
  method: string;
  headers: readonly string[];
  country: string;
  asksOrigin: boolean;
}

/** The path with which a question is asked. */
export function whyPath({ url, method, headers, country, asksOrigin }: Question): string {
  const query = new URLSearchParams({ url, method });
  for (const header of headers) query.append("header", header);
  if (country !== "") query.set("country", country);
  if (asksOrigin) query.set("ask_origin", "true");
  return `/v1/why?${query}`;
}

export function askWhy(question: Question): Promise<Why> {
  return call<Why>(whyPath(question));
}

export function checkOrigin(body: { origin: string; path: string }): Promise<OriginReport> {
  return call<OriginReport>("/v1/origin-check", body);
}

function call<Answer>(path: string, body?: unknown): Promise<Answer> {
  const sent = async () => {
    const response = await fetch(path, {
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
      headers: {
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(account.value !== null && { "x-rescdn-account": account.value.id }),
        ...(mode.value === "test" && { "x-rescdn-mode": "test" }),
      },
    });
    const said: unknown = await response.json().catch(() => null);
    return response.ok ? { data: said as Answer, response } : { error: said, response };
  };
  return answerOf(sent());
}
