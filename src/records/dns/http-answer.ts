import { ANSWER_HEADERS } from "../../rest/answer-headers.ts";
import type { TooManyQuestions } from "./name-limits.ts";
import { maxAge, type Reply } from "./reply.ts";

/** Sent with every answer: what all of the control plane's say, and that pages of any origin may read it. */
const EVERY = { ...ANSWER_HEADERS, "access-control-allow-origin": "*" } as const;

/** The fields of an answer that carries a reply: it may be kept as long as its records (RFC 8484 §5.1). */
export function replyHeaders(reply: Reply, contentType: string): Headers {
  const age = maxAge(reply);
  const cacheControl = reply.private ? "private, no-store" : age === null ? "no-store" : `max-age=${age}`;
  return new Headers({ ...EVERY, "content-type": contentType, "cache-control": cacheControl });
}

/** The fields of an answer that carries no reply. */
export function refusalHeaders(contentType: string, extra: Record<string, string> = {}): Headers {
  return new Headers({ ...EVERY, "content-type": contentType, ...extra });
}

/** What an answer says besides where there were too many questions; pages of any origin may read it (Fetch, CORS). */
export function tooManyHeaders({ retryAfter }: TooManyQuestions): Record<string, string> {
  return { "retry-after": String(retryAfter), "access-control-expose-headers": "Retry-After" };
}

/** Answers a browser's question whether it may ask (Fetch, CORS-preflight request). */
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
