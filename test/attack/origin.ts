import { hash } from "../model/content.ts";
import { type Manners, mannersOf } from "./manners.ts";

/** What an origin sees of a request. */
export interface Seen {
  method: string;
  path: string;
  /** With its `?`, or `""`. */
  query: string;
  /** Names in lower case. */
  fields: ReadonlyMap<string, string>;
  body: string;
}

/** What an origin does with a request. */
export type Reply =
  /** It answers; `isCut`: the body breaks off. */
  | { kind: "answer"; status: number; headers: Record<string, string>; body: string; isCut: boolean }
  /** It ends the connection without an answer. */
  | { kind: "dropped" }
  /** It says nothing for as long as the play lasts. */
  | { kind: "held" };

/**
 * Whether an origin depends on what `Vary` does not name. One behind a zone that forwards `"all"` is `honest` about what
 * ordinary clients send, in its errors too: that is the bargain of the setting. What steers proxies and frameworks it obeys
 * without a word. One behind a zone that forwards addresses is `addressed`: it varies on them, and as a firewall does it
 * refuses some without a word.
 */
export type Honesty = "honest" | "silent" | "addressed";

/** Clients that an `addressed` origin treats in ways of their own. */
export const ADDRESSES: Readonly<Record<string, string>> = {
  "198.51.100.1": "hold",
  "198.51.100.2": "drop",
  "198.51.100.3": "deny",
  "198.51.100.4": "fail",
  "198.51.100.5": "turn",
  "198.51.100.6": "cut",
  "2001:db8::7": "none",
};

/** What clients ordinarily send, as far as an origin uses it. */
export const ORDINARY = ["accept", "accept-language", "dnt", "referer", "save-data", "user-agent", "x-tier"] as const;

/** Fields that proxies, servers and frameworks obey: in none of them does an origin expect a stranger's word. */
export const STEERING = [
  "base-url",
  "cdn-loop",
  "cf-connecting-ip",
  "cf-visitor",
  "client-ip",
  "content-type",
  "fastly-client-ip",
  "forwarded",
  "forwarded-for",
  "front-end-https",
  "origin",
  "proxy",
  "proxy-host",
  "surrogate-capability",
  "true-client-ip",
  "via",
  "x-amz-website-redirect-location",
  "x-arr-ssl",
  "x-backend-host",
  "x-client-ip",
  "x-cluster-client-ip",
  "x-custom-ip-authorization",
  "x-envoy-original-path",
  "x-forward-for",
  "x-forwarded",
  "x-forwarded-by",
  "x-forwarded-client-cert",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-path",
  "x-forwarded-port",
  "x-forwarded-prefix",
  "x-forwarded-proto",
  "x-forwarded-protocol",
  "x-forwarded-scheme",
  "x-forwarded-server",
  "x-forwarded-ssl",
  "x-forwarded-uri",
  "x-forwarded-user",
  "x-host",
  "x-http-destinationurl",
  "x-http-host-override",
  "x-http-method",
  "x-http-method-override",
  "x-invoke-path",
  "x-matched-path",
  "x-method-override",
  "x-middleware-prefetch",
  "x-middleware-rewrite",
  "x-middleware-subrequest",
  "x-nextjs-data",
  "x-now-route-matches",
  "x-original-host",
  "x-original-method",
  "x-original-uri",
  "x-original-url",
  "x-originating-ip",
  "x-override-url",
  "x-proxy-url",
  "x-proxyuser-ip",
  "x-real-ip",
  "x-remote-addr",
  "x-remote-user",
  "x-request-uri",
  "x-rewrite-url",
  "x-scheme",
  "x-sendfile-type",
  "x-server-name",
  "x-url-scheme",
  "x-wap-profile",
] as const;

/** What the cache itself may send to validate, to complete, or to pass on. */
const CONDITIONS = ["if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "range"];

const LAST_MODIFIED = "Sun, 01 Nov 2026 10:00:00 GMT";

/** Longer values (characters) are more than this origin takes: it ends the connection, as many do. */
const LONGEST_VALUE = 4_000;

/** The answer of an origin that shows all that it sees, in each part of its answer, and fails where a request asks for it. */
export function replyTo(seen: Seen, honesty: Honesty, name: "origin" | "fallback" = "origin"): Reply {
  const manners = mannersOf(seen.path);
  // What the fallback origin says is whole, so that whoever makes the first one fail decides what others get.
  const address = honesty === "addressed" ? seen.fields.get("x-forwarded-for") : undefined;
  const trouble = name === "fallback" ? null : (troubleOf(seen) ?? ADDRESSES[address ?? ""] ?? null);
  if (trouble === "hold") return { kind: "held" };
  if (trouble === "drop") return { kind: "dropped" };
  const used = usedFields(seen, manners, honesty);
  const isUnsafe = seen.method !== "GET" && seen.method !== "HEAD";
  const isResource = !isUnsafe || (manners.represents === true && seen.method === "POST");
  const text = `${name} ${seen.path}${seen.query}\n${used.map(([field, value]) => `${field}: ${value}\n`).join("")}`;
  const said = isResource ? text : `${seen.method} ${text}${seen.body}`;
  const headers: Record<string, string> = { "content-type": manners.type, ...shown(used) };
  const answer = (status: number, body: string, isCut = false): Reply => ({
    kind: "answer",
    status,
    headers,
    body: seen.method === "HEAD" ? "" : body,
    isCut,
  });
  if (trouble === "deny" || trouble === "fail" || trouble === "turn") {
    const number = hash(said);
    const causes = [...seen.fields].filter(([field, value]) => value.includes(trouble) && !isSteering(field));
    if (honesty === "honest" && causes.length > 0) headers.vary = causes.map(([field]) => field).join(", ");
    if (number % 2 === 0) headers["cache-control"] = "max-age=60";
    if (trouble === "turn") headers.location = `https://${firstTaint(seen)}.example/`;
    if (trouble === "turn" && address !== undefined) headers.vary = "X-Forwarded-For";
    const statuses = {
      deny: address === undefined ? [400, 403, 404, 405, 410, 413, 414, 431, 501] : [401, 403, 405, 429, 451],
      fail: [500, 502, 503, 504],
      turn: [301, 302, 308],
    };
    return answer(statuses[trouble][number % statuses[trouble].length]!, said);
  }
  if (!isResource) {
    Object.assign(headers, { "cache-control": "max-age=60", location: `${seen.path}?made` });
    return answer(200, said);
  }
  const body = said.padEnd(manners.size ?? 1_500, ".");
  Object.assign(headers, manners.headers, {
    etag: manners.tag === "constant" ? `"c"` : `"${hash(body).toString(36)}"`,
    "last-modified": LAST_MODIFIED,
  });
  if (manners.tag === "none") delete headers.etag;
  if (manners.represents) headers["content-location"] = seen.path + seen.query;
  if (manners.varies)
    headers.vary = {
      honest: `${ORDINARY.join(", ")}, Cookie, Authorization`,
      silent: "Cookie, Authorization",
      addressed: "X-Forwarded-For",
    }[honesty];
  if (manners.status !== undefined) {
    const host = used.find(([field]) => field === "x-forwarded-host")?.[1] ?? "there.example";
    if (manners.status < 400) headers.location = `https://${host}/`;
    return answer(manners.status, body);
  }
  if (isUnsafe) return answer(200, body);
  const tags = seen.fields.get("if-none-match");
  const since = seen.fields.get("if-modified-since");
  const isUnchanged = tags === undefined ? since === LAST_MODIFIED : tags === headers.etag || tags === "*";
  if (isUnchanged) return answer(304, "");
  const range = /^bytes=(\d+)-(\d*)$/.exec(seen.fields.get("range") ?? "");
  const ifRange = seen.fields.get("if-range");
  const holds = ifRange === undefined || ifRange === headers.etag;
  if (seen.method === "GET" && range !== null && holds && Number(range[1]) < body.length) {
    const last = Math.min(range[2] === "" ? body.length : Number(range[2]), body.length - 1);
    headers["content-range"] = `bytes ${range[1]}-${last}/${body.length}`;
    return answer(206, body.slice(Number(range[1]), last + 1));
  }
  return answer(200, body, trouble === "cut");
}

function isSteering(name: string): boolean {
  return STEERING.some((known) => known === name);
}

/** What of a request decides this origin's answer beside path and query. */
function usedFields({ method, fields }: Seen, manners: Manners, honesty: Honesty): [string, string][] {
  // RFC 9110 §8.7: it says that a GET would be answered the same, whatever this request's own content and conditions are.
  const represents = method === "POST" && manners.represents === true;
  const isUsed = (name: string): boolean => {
    if (CONDITIONS.includes(name) || (represents && name.startsWith("content-"))) return false;
    // An origin that says that an answer may be shared does not put one client's credentials into it.
    if (name === "cookie") return manners.varies === true || manners.sharesCookies !== true;
    if (name === "authorization") return manners.varies === true || manners.sharesCredentials !== true;
    if (honesty === "addressed" && name === "x-forwarded-for") return manners.varies === true;
    if (honesty !== "honest") return name !== "content-length" && name !== "host" && name !== "connection";
    return ORDINARY.some((known) => known === name) ? manners.varies === true : isSteering(name);
  };
  // What is no validator of this origin's is somebody's own word.
  const conditions = CONDITIONS.flatMap((name): [string, string][] => {
    const value = fields.get(name);
    return value?.includes("taint") && !represents ? [[name, value]] : [];
  });
  return [...[...fields].filter(([name]) => isUsed(name)).sort(), ...conditions];
}

/** The same in fields of the answer, as origins do it. */
function shown(used: readonly [string, string][]): Record<string, string> {
  const headers: Record<string, string> = {};
  const view = used.map(([name, value]) => `${name}=${value}`).join(";");
  if (view !== "") headers["x-view"] = view.replaceAll(/[^\x21-\x7e]/g, "_").slice(0, 400);
  const origin = used.find(([name]) => name === "origin")?.[1];
  if (origin !== undefined) {
    headers["access-control-allow-origin"] = origin;
    headers["access-control-allow-credentials"] = "true";
  }
  return headers;
}

/** What a request asks for by a word before its taint. */
function troubleOf({ path, query, fields, body }: Seen): string | null {
  const values = [...fields.values()];
  if (values.some((value) => value.length > LONGEST_VALUE)) return "drop";
  return /(hold|drop|deny|fail|turn|cut)taint/.exec([path, query, ...values, body].join("\n"))?.[1] ?? null;
}

function firstTaint({ path, query, fields, body }: Seen): string {
  return /taint\w*/.exec([path, query, ...fields.values(), body].join("\n"))?.[0] ?? "elsewhere";
}
