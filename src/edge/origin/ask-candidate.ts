import { bucketName } from "../../files/buckets.ts";
import { dropBody } from "../body/drop-body.ts";
import { askBucket } from "./ask-bucket.ts";
import { askOnce } from "./ask-once.ts";
import { askPrivateBucket } from "./ask-private-bucket.ts";
import type { Candidate } from "./candidates.ts";
import { credentialsOf, headersFor } from "./credentials.ts";
import type { Asking } from "./origin-access.ts";
import type { OriginOutcome, OriginRequest } from "./origin-outcome.ts";
import { withOwnRedirects } from "./own-redirects.ts";
import { pathBelow } from "./path-below.ts";

/** Asks one of a zone's servers in its own way: below its path, and with its own headers and credentials. */
export async function askCandidate(
  asking: Asking,
  candidate: Candidate,
  request: OriginRequest,
): Promise<OriginOutcome> {
  const { zone, origins } = asking;
  const bucket = bucketName(candidate.base);
  if (bucket !== null) return askFiles(bucket, asking, request);
  const [path, query] = splitQuery(request.pathAndQuery);
  const below = pathBelow(candidate.prefix, path);
  if (below === null) return failure("path-outside");
  const credentials = candidate.auth === null ? null : credentialsOf(candidate, zone.id, origins.keyring);
  if (candidate.auth !== null && credentials === null) return failure("origin-auth");
  if (credentials?.kind === "s3") return askPrivateBucket(asking, candidate, credentials, request, path);
  const headers = headersFor(candidate, request.headers, credentials);
  const asked = { ...request, pathAndQuery: below + query, headers };
  const outcome = await askOnce(candidate, zone.settings.timeouts.first_byte_ms, asked, asking.noteOrigin);
  return ownRedirects(asking, candidate, request, outcome);
}

/** Asks one of the deployment's buckets for the zone's files. */
async function askFiles(
  bucket: string,
  { zone, origins, noteOrigin }: Asking,
  request: OriginRequest,
): Promise<OriginOutcome> {
  const requestedAt = Date.now();
  const response = await askBucket(bucket, zone.id, request, origins.buckets);
  const answeredAt = Date.now();
  noteOrigin.asked(response === null ? null : answeredAt - requestedAt);
  if (response === null) return failure("origin-unreachable");
  return { kind: "answer", response, requestedAt, answeredAt, isFallback: false, origin: null };
}

function splitQuery(pathAndQuery: string): [path: string, query: string] {
  const at = pathAndQuery.indexOf("?");
  return at === -1 ? [pathAndQuery, ""] : [pathAndQuery.slice(0, at), pathAndQuery.slice(at)];
}

/** The outcome, with redirects to the origin turned into redirects to the zone. */
async function ownRedirects(
  { zone, hosts }: Asking,
  { base, prefix, host }: Candidate,
  { method, pathAndQuery }: OriginRequest,
  outcome: OriginOutcome,
): Promise<OriginOutcome> {
  if (outcome.kind === "failure" || !zone.settings.rewrite_redirects) return outcome;
  const question = { zone, hosts, method, pathAndQuery, origin: base, prefix, host };
  const response = withOwnRedirects(outcome.response, question);
  if (response !== null) return { ...outcome, response };
  await dropBody(outcome.response.body);
  return failure("redirect-loop");
}

function failure(reason: "path-outside" | "origin-auth" | "redirect-loop" | "origin-unreachable"): OriginOutcome {
  return { kind: "failure", failure: { reason, retryAfter: 0 } };
}
