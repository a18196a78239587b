import type { ControlPlane, EdgeEnv } from "../../entry.ts";
import { preferredCoding } from "../../http/accept-encoding.ts";
import { isWeak } from "../../http/etag.ts";
import { mediaTypeOf } from "../../http/media-type.ts";

/** Anything smaller is one network packet either way. */
const LEAST_BYTES = 1_024;

/** Text that has an end. */
const COMPRESSED = /^(?:text\/(?!event-stream$)|application\/(?:[\w.+-]+\+)?json$)/;

/**
 * Compresses the control plane's answers, as Cloudflare's network does behind the Worker.
 *
 * Their length reveals no secret (BREACH). An attack needs an answer that contains a secret beside text chosen by the attacker,
 * and that a browser can be made to request again and again. No answer to a GET contains a secret. Secrets are shown once, in
 * answers to POST, which are not compressed; neither is anything to do with signing in.
 */
export function compressingAnswers<E extends EdgeEnv>(control: ControlPlane<E>): ControlPlane<E> {
  return async (surface, url, request, env, ctx, inspector) => {
    const answer = await control(surface, url, request, env, ctx, inspector);
    return surface === "sign-in" || !isCompressible(request, answer) ? answer : compressed(request, answer);
  };
}

function isCompressible({ method }: Request, { status, headers, body }: Response): boolean {
  return (
    method === "GET" &&
    status === 200 &&
    body !== null &&
    !headers.has("content-encoding") &&
    !/\bno-transform\b/i.test(headers.get("cache-control") ?? "") &&
    COMPRESSED.test(mediaTypeOf(headers.get("content-type"))?.essence ?? "")
  );
}

async function compressed(request: Request, answer: Response): Promise<Response> {
  // Such an answer was made as a whole, so it is already in memory.
  const whole = await answer.blob();
  const headers = new Headers(answer.headers);
  if (whole.size < LEAST_BYTES) return new Response(whole, { headers });
  if (!/\baccept-encoding\b/i.test(headers.get("vary") ?? "")) headers.append("vary", "accept-encoding");
  if (preferredCoding(request.headers.get("accept-encoding"), ["gzip", "identity"]) !== "gzip")
    return new Response(whole, { headers });
  headers.set("content-encoding", "gzip");
  headers.delete("content-length");
  // RFC 9110 §8.8.3.3: a strong tag would mean that both forms have the same bytes.
  const tag = headers.get("etag");
  if (tag !== null && !isWeak(tag)) headers.set("etag", `W/${tag}`);
  const body = whole.stream().pipeThrough(new CompressionStream("gzip"));
  return new Response(body, { headers, encodeBody: "manual" });
}
