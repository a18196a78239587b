import { evaluatePreconditions } from "../http/conditional.ts";
import { formatHttpDate } from "../http/dates.ts";
import { contentRange, requestedRange, unsatisfiedRange } from "../http/range.ts";

/** Served for a path that ends in a slash. */
const INDEX = "index.html";

/**
 * Answers a GET or HEAD from a bucket, as a server with the objects as its files would: ranges and conditions use R2's
 * metadata.
 */
export async function answerFromBucket(bucket: R2Bucket, named: string, request: Request): Promise<Response> {
  const { method, headers } = request;
  if (method !== "GET" && method !== "HEAD")
    return new Response("a bucket takes GET and HEAD\n", { status: 405, headers: { allow: "GET, HEAD" } });
  const key = named.endsWith("/") ? named + INDEX : named;
  const isRange = method === "GET" && headers.has("range");
  const body = method === "GET" && !isRange ? await bucket.get(key) : null;
  const object = body ?? (await bucket.head(key));
  if (object === null) return new Response("no such file\n", { status: 404 });
  const answer = new Headers();
  object.writeHttpMetadata(answer);
  answer.set("etag", object.httpEtag);
  answer.set("last-modified", formatHttpDate(object.uploaded.getTime()));
  answer.set("accept-ranges", "bytes");
  const lastModified = Math.floor(object.uploaded.getTime() / 1000) * 1000;
  const selected = { etag: object.httpEtag, lastModified, date: Date.now() };
  const verdict = evaluatePreconditions(method, headers, selected, Date.now());
  if (verdict !== "proceed") {
    await body?.body.cancel();
    return new Response(null, { status: verdict === "failed" ? 412 : 304, headers: answer });
  }
  const whole = (read: R2ObjectBody | null) => {
    answer.set("content-length", String(object.size));
    return new Response(read?.body ?? null, { headers: answer });
  };
  if (!isRange) return whole(body);
  const part = requestedRange(method, headers, selected, object.size);
  const onlyIf = { etagMatches: object.etag };
  if (part.kind === "whole") {
    const read = await bucket.get(key, { onlyIf });
    return hasBody(read) ? whole(read) : justChanged();
  }
  if (part.kind === "unsatisfiable")
    return new Response(null, { status: 416, headers: { "content-range": unsatisfiedRange(object.size) } });
  const { first, last } = part;
  const length = last - first + 1;
  const read = await bucket.get(key, { range: { offset: first, length }, onlyIf });
  if (!hasBody(read)) return justChanged();
  answer.set("content-range", contentRange(first, last, object.size));
  answer.set("content-length", String(length));
  return new Response(read.body, { status: 206, headers: answer });
}

function hasBody(read: R2Object | R2ObjectBody | null): read is R2ObjectBody {
  return read !== null && "body" in read;
}

/** The object was replaced between its check and its reading, so the content belongs to another version. */
function justChanged(): Response {
  return new Response("the file has just changed\n", { status: 503 });
}
