import { rescdn, type Schemas } from "./client.ts";
import { answerOf } from "./problem.ts";

/** A word of `Cache-Status` with what it means. */
export type Word = NonNullable<Schemas["WhyWord"]>;

/** What an origin answers, and what the edge makes of it. */
export type OriginReport = NonNullable<Schemas["OriginReport"]>;

/** What the edge does with a request, and why. */
export type Why = Schemas["Why"];

/** What a request may be made by. */
export const METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"] as const;

/** What is asked of {@link Why}. */
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

/** The path with which a question is asked. */
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
