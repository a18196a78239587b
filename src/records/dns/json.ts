import { log } from "../../log/log.ts";
import { answerQuestion, type Source } from "./answer-question.ts";
import { preflight, refusalHeaders, replyHeaders, tooManyHeaders } from "./http-answer.ts";
import { TooManyQuestions } from "./name-limits.ts";
import { type Question, RCODE, type Reply, type Rr, TYPE } from "./reply.ts";

const JSON_TYPE = "application/dns-json";
const ALLOW = "GET, HEAD, OPTIONS";

/** The types that may be asked for by name; others are asked for by number. */
const TYPE_NUMBERS: Readonly<Record<string, number>> = {
  ...{ A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, HINFO: 13, MX: 15, TXT: 16, AAAA: 28, SRV: 33, NAPTR: 35, DS: 43 },
  ...{ RRSIG: 46, NSEC: 47, DNSKEY: 48, SVCB: 64, HTTPS: 65, ANY: 255, CAA: 257 },
};

type Asked = { ok: true; question: Question; cd: boolean } | { ok: false; sentence: string };

/** Answers `/resolve`: DNS as JSON, in the form made common by Google's public DNS. */
export async function resolveJson(request: Request, url: URL, source: Source): Promise<Response> {
  switch (request.method) {
    case "GET":
    case "HEAD":
      break;
    case "OPTIONS":
      return preflight(ALLOW);
    default:
      return refuse(405, `use ${ALLOW}`, { allow: ALLOW });
  }
  const asked = readParameters(url.searchParams);
  if (!asked.ok) return refuse(400, asked.sentence);
  const reply = await answerQuestion(asked.question, source).catch((error: unknown): Reply | TooManyQuestions => {
    if (error instanceof TooManyQuestions) return error;
    log("dns_failed", { error });
    return { rcode: RCODE.SERVFAIL, authoritative: false, answers: [], authorities: [], private: false, basis: null };
  });
  if (reply instanceof TooManyQuestions)
    return refuse(429, reply.message, tooManyHeaders(reply), "rate_limit_exceeded");
  const body = request.method === "HEAD" ? null : `${JSON.stringify(toJson(asked.question, asked.cd, reply))}\n`;
  return new Response(body, { headers: replyHeaders(reply, JSON_TYPE) });
}

/** `edns_client_subnet` has no effect, since a name has the same answer for everybody. `random_padding` only adds length. */
function readParameters(parameters: URLSearchParams): Asked {
  const no = (sentence: string): Asked => ({ ok: false, sentence });
  for (const name of ["name", "type", "cd", "do"]) {
    if (parameters.getAll(name).length > 1) return no(`give the parameter ${name} once`);
  }
  const name = parameters.get("name") ?? "";
  if (name === "") return no("the parameter name is required: the domain name to look up");
  const bare = name === "." ? "" : name.replace(/\.$/, "");
  if (bare.length > 253) return no("name is longer than 253 characters");
  if (name !== "." && !bare.split(".").every((label) => /^[!-[\]-~]{1,63}$/.test(label))) {
    return no("name is not a domain name: labels of 1 to 63 printable ASCII characters, with dots between them");
  }
  const type = typeOf(parameters.get("type") || "A");
  if (type === null)
    return no(`type is neither a number up to 65535 nor one of ${Object.keys(TYPE_NUMBERS).join(", ")}`);
  const cd = flagOf(parameters.get("cd"));
  if (cd === null || flagOf(parameters.get("do")) === null) return no("cd and do are 1, 0, true or false");
  return { ok: true, question: { name: bare, type }, cd };
}

function typeOf(text: string): number | null {
  const named = TYPE_NUMBERS[text.toUpperCase()];
  if (named !== undefined) return named;
  const digits = /^(?:TYPE)?(\d{1,5})$/i.exec(text)?.[1]; // RFC 3597 §5
  return digits !== undefined && Number(digits) <= 65_535 ? Number(digits) : null;
}

function flagOf(text: string | null): boolean | null {
  if (text === null || /^(0|false|)$/i.test(text)) return false;
  return /^(1|true)$/i.test(text) ? true : null;
}

function toJson({ name, type }: Question, cd: boolean, { rcode, answers, authorities }: Reply): object {
  const shown = (records: readonly Rr[]) =>
    records.map((rr) => ({ name: rr.name, type: TYPE[rr.type], TTL: rr.ttl, data: dataOf(rr) }));
  return {
    Status: rcode,
    TC: false,
    RD: true,
    // As that form has it; this server's answers need no recursion.
    RA: true,
    AD: false,
    CD: cd,
    Question: [{ name, type }],
    ...(answers.length > 0 && { Answer: shown(answers) }),
    ...(authorities.length > 0 && { Authority: shown(authorities) }),
  };
}

/** A record's data in presentation form; a text is one string without quotes. */
function dataOf(rr: Rr): string {
  switch (rr.type) {
    case "TXT":
      return rr.text;
    case "NS":
      return `${rr.host}.`;
    case "A":
    case "AAAA":
      return rr.address;
    case "HINFO":
      return `"${rr.cpu}" "${rr.os}"`;
    case "SOA":
      return `${rr.mname}. ${rr.rname}. ${rr.serial} ${rr.refresh} ${rr.retry} ${rr.expire} ${rr.minimum}`;
    default:
      return rr satisfies never;
  }
}

function refuse(
  status: number,
  sentence: string,
  extra: Record<string, string> = {},
  code = "validation_error",
): Response {
  const body = `${JSON.stringify({ error: { code, message: sentence } })}\n`;
  return new Response(body, { status, headers: refusalHeaders("application/json", extra) });
}
