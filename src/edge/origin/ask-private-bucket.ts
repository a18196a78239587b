import { log } from "../../log/log.ts";
import { askOnce } from "./ask-once.ts";
import { bucketAnswer } from "./bucket-answer.ts";
import { bucketPath } from "./bucket-path.ts";
import { bucketSignature } from "./bucket-signature.ts";
import type { Candidate, Credentials } from "./candidates.ts";
import { headersFor } from "./credentials.ts";
import type { Asking } from "./origin-access.ts";
import { isRepeatable, type OriginOutcome, type OriginRequest } from "./origin-outcome.ts";

/**
 * Asks a bucket for an object. No query is sent: with the zone's signature it could ask about the bucket itself, such as what
 * is in it. Nor is any field of the client's that would ask S3 for more.
 */
export async function askPrivateBucket(
  { zone, origins, noteOrigin }: Asking,
  candidate: Candidate,
  credentials: Extract<Credentials, { kind: "s3" }>,
  request: OriginRequest,
  asked: string,
): Promise<OriginOutcome> {
  const path = bucketPath(asked);
  if (path === null || !isRepeatable(request)) return noObject(request, candidate);
  const { base, host, prefix } = candidate;
  const pathAndQuery = (prefix === "" ? "" : bucketPath(prefix)) + path;
  const url = `${new URL(base).protocol}//${host ?? new URL(base).host}${pathAndQuery}`;
  // A URL that the parser reads differently would be signed differently.
  if (new URL(url).pathname !== pathAndQuery) return noObject(request, candidate);
  const ask = async (skew: number) => {
    const headers = headersFor(candidate, request.headers, credentials);
    const signature = await bucketSignature(request.method, url, headers, credentials, Date.now() + skew);
    for (const [name, value] of Object.entries(signature)) headers.set(name, value);
    const asked = { ...request, pathAndQuery, headers };
    const outcome = await askOnce(candidate, zone.settings.timeouts.first_byte_ms, asked, noteOrigin);
    if (outcome.kind === "failure") return outcome;
    const date = Date.parse(outcome.response.headers.get("date") ?? "");
    const answer = await bucketAnswer(outcome.response, request.method, noteOrigin.received);
    if (answer.kind === "answer") return { ...outcome, response: answer.response };
    return { kind: "refused" as const, code: answer.code, skew: date - outcome.answeredAt };
  };
  const known = origins.skews.get(base) ?? 0;
  let outcome = await ask(known);
  if (outcome.kind === "refused" && outcome.code === "RequestTimeTooSkewed" && Number.isFinite(outcome.skew)) {
    // The bucket says what time it is. One of the two clocks is wrong, and the bucket's counts.
    origins.skews.set(base, outcome.skew);
    outcome = await ask(outcome.skew);
  }
  if (outcome.kind !== "refused") return outcome;
  const { code } = outcome;
  log("origin_failed", {
    origin: base,
    ...(candidate.name !== null && { name: candidate.name }),
    reason: "origin-auth",
    error: code ?? "",
  });
  return { kind: "failure", failure: { reason: "origin-auth", retryAfter: 0, ...(code !== null && { code }) } };
}

/** The answer for a path that cannot be an object in a bucket. */
function noObject({ method }: OriginRequest, { name }: Candidate): OriginOutcome {
  const body = `${JSON.stringify({ error: "a bucket has no such object", code: "origin-s3", origin_code: "NoSuchKey" })}\n`;
  const headers = { "content-type": "application/json", "content-length": String(body.length) };
  const response = new Response(method === "HEAD" ? null : body, { status: 404, headers });
  const now = Date.now();
  return { kind: "answer", response, requestedAt: now, answeredAt: now, isFallback: false, origin: name };
}
