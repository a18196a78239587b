import { rescdn, type Schemas } from "./client.ts";
import { answerOf } from "./problem.ts";

/** A word of `Cache-Status` with its meaning. */
export type Word = NonNullable<Schemas["WhyWord"]>;

/** What an origin answers, and what the edge makes of it. */
export type OriginReport = NonNullable<Schemas["OriginReport"]>;

/** What the edge does with a request, and why. */
export type Why = Schemas["Why"];

/** The methods that a request may have. */
export const METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"] as const;

/** What to ask {@link Why} about. */
export interface Question {
  url: string;
  method: (typeof METHODS)[number];
  headers: readonly string[];
  country: string;
  asksOrigin: boolean;
}

function queryOf({ url, method, headers, country, asksOrigin }: Question) {
  return {
    url,
    method,
    ...(headers.length > 0 && { header: [...headers] }),
    ...(country !== "" && { country }),
    ...(asksOrigin && { ask_origin: "true" as const }),
  };
}

/** The path that asks a question. */
export function whyPath(question: Question): string {
  const { header = [], ...rest } = queryOf(question);
  const query = new URLSearchParams(rest);
  for (const field of header) query.append("header", field);
  return `/v1/why?${query}`;
}

export function askWhy(question: Question): Promise<Why> {
  return answerOf(rescdn.GET("/v1/why", { params: { query: queryOf(question) } }));
}

export async function checkOrigin(body: { origin: string; path: string }): Promise<OriginReport> {
  return (await answerOf(rescdn.POST("/v1/origin-check", { body })))!;
}
