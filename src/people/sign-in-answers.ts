import { ANSWER_HEADERS } from "../rest/answer-headers.ts";

/** An error under `/auth`. */
export function refusal(
  status: number,
  code: string,
  error: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return withHeaders(Response.json({ error, code }, { status, headers }));
}

/** An answer under `/auth`, with the headers that all of the API has. */
export function withHeaders(answer: Response): Response {
  const headers = new Headers(answer.headers);
  for (const [name, value] of Object.entries(ANSWER_HEADERS)) headers.set(name, value);
  return new Response(answer.body, { status: answer.status, headers });
}
