import { type FollowingEnv, feedOf } from "../../documents/feed-of.ts";
import { log } from "../../log/log.ts";
import { settingsOf, type Variables } from "../../settings.ts";
import type { RateLimitBindings } from "../rate-limit-bindings.ts";
import { type RecordTable, recordTableOf } from "../record-table.ts";
import { AnswerMemory, type KeptAnswer, questionKey } from "./answer-memory.ts";
import { answerQuestion, type Source } from "./answer-question.ts";
import { askingClient } from "./asking-client.ts";
import { preflight, refusalHeaders, replyHeaders, tooManyHeaders } from "./http-answer.ts";
import { resolveJson } from "./json.ts";
import { encodeRcode, encodeReply, parseQuery, refusalOf } from "./message.ts";
import { Allowance, NameLimits, TooManyQuestions } from "./name-limits.ts";
import { ownHostsOf } from "./own-hosts.ts";
import { fromBase64Url } from "./parameter.ts";
import { QueryTokens } from "./query-tokens.ts";
import { RCODE } from "./reply.ts";

const MESSAGE_TYPE = "application/dns-message";
const LONGEST_MESSAGE = 4_096;
const LONGEST_PARAMETER = 8_192;
const ALLOW = "GET, HEAD, POST, OPTIONS";

/** The bindings that answering names needs. */
export type DnsEnv = Variables & RateLimitBindings & FollowingEnv & { DB: D1Database; ZONES: KVNamespace };

/** What an isolate keeps between questions. */
export class NamesKnown {
  readonly memory = new AnswerMemory();
  readonly limits = new NameLimits();
  readonly tokens = new QueryTokens();
  readonly #feeds: typeof feedOf;
  #followed: RecordTable | null = null;

  /** @param feeds report changes */
  constructor(feeds = feedOf) {
    this.#feeds = feeds;
  }

  /** This isolate's table, which follows the feeds of changes. */
  tableOf(env: DnsEnv): RecordTable {
    const table = recordTableOf(env.ZONES);
    if (table === this.#followed) return table;
    this.#followed = table;
    const [records, zones] = [this.#feeds("records", env), this.#feeds("zones", env)];
    if (records !== null) table.follow(records);
    if (zones !== null) table.accounts.follow(zones);
    return table;
  }
}

/** A question, with what is already known. */
type Asking = Source & Pick<NamesKnown, "memory">;

const ownNames = new NamesKnown();

/**
 * Answers `/dns-query` (RFC 8484) and `/resolve` (JSON). Whatever can be read as a DNS message is answered with status 200 and
 * a DNS message; anything else with an error status and a sentence.
 *
 * @param url the request's
 * @param now ms since the epoch
 * @param names what the isolate knows
 */
export function handleDns(
  request: Request,
  url: URL,
  env: DnsEnv,
  waitUntil: Source["waitUntil"],
  now: number,
  names = ownNames,
): Response | Promise<Response> {
  const settings = settingsOf(env);
  const source: Asking = {
    memory: names.memory,
    table: names.tableOf(env),
    db: env.DB,
    tokens: names.tokens,
    allowance: new Allowance(names.limits, env, () => askingClient(request, settings), now),
    nameServers: settings.nameServers,
    ownHosts: ownHostsOf(settings),
    now,
    waitUntil,
  };
  if (url.pathname === "/resolve") return resolveJson(request, url, source);
  switch (request.method) {
    case "GET":
      return fromParameter(url, source);
    case "HEAD":
      return withoutBody(fromParameter(url, source));
    case "POST":
      return fromBody(request, source);
    case "OPTIONS":
      return preflight(ALLOW);
    default:
      return refuse(405, `use ${ALLOW}`, { allow: ALLOW });
  }
}

function fromParameter(url: URL, source: Asking): Response | Promise<Response> {
  const [parameter, ...others] = url.searchParams.getAll("dns");
  if (parameter === undefined || others.length > 0) return refuse(400, "give the parameter dns once: a DNS message");
  if (parameter.length > LONGEST_PARAMETER) return refuse(413, `dns is longer than ${LONGEST_PARAMETER} characters`);
  const message = fromBase64Url(parameter);
  // RFC 8484 §6: padding characters are not included.
  if (message === null) return refuse(400, "dns is not Base64url without padding");
  return toMessage(message, source);
}

async function fromBody(request: Request, source: Asking): Promise<Response> {
  const [mediaType = ""] = (request.headers.get("content-type") ?? "").split(";", 1);
  if (mediaType.trim().toLowerCase() !== MESSAGE_TYPE) {
    return refuse(415, `send the DNS message as ${MESSAGE_TYPE}`, { "accept-post": MESSAGE_TYPE });
  }
  let message: Uint8Array | null;
  try {
    message = await readBody(request);
  } catch {
    return refuse(400, "the body broke off before its end"); // nothing else here can fail
  }
  return message === null ? tooLong() : toMessage(message, source);
}

/** Null: it is longer than a query may be. A body of unknown length is read no further than that. */
async function readBody(request: Request): Promise<Uint8Array | null> {
  const length = request.headers.get("content-length");
  if (length !== null) return Number(length) > LONGEST_MESSAGE ? null : new Uint8Array(await request.arrayBuffer());
  const read = new Uint8Array(LONGEST_MESSAGE + 1);
  let size = 0;
  for await (const chunk of request.body ?? []) {
    if (size + chunk.length > LONGEST_MESSAGE) return null;
    read.set(chunk, size);
    size += chunk.length;
  }
  return read.subarray(0, size);
}

function toMessage(message: Uint8Array, source: Asking): Response | Promise<Response> {
  if (message.length > LONGEST_MESSAGE) return tooLong();
  const key = questionKey(message);
  const kept = key === null ? null : source.memory.recall(key, source);
  return kept === null ? answerAnew(message, key, source) : given(kept, message);
}

async function answerAnew(message: Uint8Array, key: string | null, source: Asking): Promise<Response> {
  const query = parseQuery(message);
  const only = (rcode: number) =>
    query.kind === "none"
      ? refuse(400, "this is not a DNS message: it is shorter than the header, which has 12 octets")
      : new Response(encodeRcode(query, rcode), { headers: refusalHeaders(MESSAGE_TYPE) });
  if (query.kind !== "question") return only(query.kind === "none" ? RCODE.FORMERR : query.rcode);
  const refusal = refusalOf(query);
  if (refusal !== null) return only(refusal);
  try {
    const reply = await answerQuestion(query.question, source);
    const answer = { message: encodeReply(query, reply), headers: replyHeaders(reply, MESSAGE_TYPE) };
    if (key !== null && reply.basis !== null) source.memory.keep(key, { ...answer, basis: reply.basis });
    return new Response(answer.message, { headers: answer.headers });
  } catch (error) {
    if (error instanceof TooManyQuestions) return refuse(429, error.message, tooManyHeaders(error));
    // The name is not logged, because it may contain a token.
    log("dns_failed", { error });
    return only(RCODE.SERVFAIL);
  }
}

/** A kept answer with the ID of the current question. */
function given({ message, headers }: KeptAnswer, asked: Uint8Array): Response {
  const own = message.slice();
  own[0] = asked[0]!;
  own[1] = asked[1]!;
  return new Response(own, { headers });
}

async function withoutBody(answer: Response | Promise<Response>): Promise<Response> {
  const { status, headers, body } = await answer;
  await body?.cancel();
  return new Response(null, { status, headers });
}

function tooLong(): Response {
  return refuse(413, `a query has at most ${LONGEST_MESSAGE} octets`);
}

function refuse(status: number, sentence: string, extra: Record<string, string> = {}): Response {
  return new Response(`${sentence}\n`, { status, headers: refusalHeaders("text/plain; charset=utf-8", extra) });
}
