import { ANSWER_HEADERS } from "../../rest/answer-headers.ts";
import type { TooManyQuestions } from "./name-limits.ts";
import { maxAge, type Reply } from "./reply.ts";

/** Sent with every answer: what all answers of the control plane have, and that pages of any origin may read it. */
const EVERY = { ...ANSWER_HEADERS, "access-control-allow-origin": "*" } as const;

/** The header fields of an answer with a reply: it may be kept as long as its records (RFC 8484 §5.1). */
export function replyHeaders(reply: Reply, contentType: string): Headers {
  const age = maxAge(reply);
  const cacheControl = reply.private ? "private, no-store" : age === null ? "no-store" : `max-age=${age}`;
  return new Headers({ ...EVERY, "content-type": contentType, "cache-control": cacheControl });
}

/** The header fields of an answer without a reply. */
export function refusalHeaders(contentType: string, extra: Record<string, string> = {}): Headers {
  return new Headers({ ...EVERY, "content-type": contentType, ...extra });
}

/** Extra fields for an answer to too many questions; pages of any origin may read them (Fetch, CORS). */
export function tooManyHeaders({ retryAfter }: TooManyQuestions): Record<string, string> {
  return { "retry-after": String(retryAfter), "access-control-expose-headers": "Retry-After" };
}

/** Answers a browser that asks whether it may send a request (Fetch, CORS-preflight request). */
export function preflight(allow: string): Response {
  return new Response(null, {
    status: 204,
    headers: {
      ...EVERY,
      allow,
      "access-control-allow-methods": allow,
      "access-control-allow-headers": "Accept, Content-Type",
      "access-control-max-age": "86400",
    },
  });
}
