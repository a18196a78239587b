import type { ZoneSettings } from "../../src/zones/settings.ts";
import type { ZoneDocument } from "../../src/zones/zone.ts";
import { pass } from "../support/edge.ts";
import { callingStep } from "./caller.ts";
import { contentOf, deflated, hash, isUnchanged, typeOf } from "./content.ts";
import { MARK } from "./forwarded.ts";
import { type Journal, type OriginExchange, shown } from "./journal.ts";
import { Random } from "./random.ts";
import { comparable, DATA_TYPES, WRONG_TYPES } from "./resource.ts";
import { saidOf } from "./said.ts";

/** The edge names the zone where no client does: what is asked is the same for all. */
function withoutOwnHost(said: Headers): Headers {
  const headers = new Headers(said);
  if (/^play-[\w-]+\.rescdn\.io$/.test(headers.get("x-forwarded-host") ?? "")) headers.delete("x-forwarded-host");
  return headers;
}

/** What an origin does with a request, as often as its weight says. */
const MOODS = {
  fine: 72,
  "not-found": 4,
  gone: 1,
  moved: 3,
  found: 2,
  empty: 1,
  "server-error": 5,
  unreachable: 4,
  "cut-off": 3,
  "too-short": 2,
  "too-long": 1,
  "wrong-type": 2,
  data: 2,
  "unasked-part": 1,
  "unasked-304": 1,
} as const;
type Mood = keyof typeof MOODS;

const STATUS: Partial<Record<Mood, readonly number[]>> = {
  "not-found": [404],
  gone: [410],
  moved: [301, 308],
  found: [302, 307],
  empty: [204],
  "server-error": [500, 502, 503, 504, 501, 429, 521],
};

/** Fields that contents may differ by. */
const SELECTING = ["accept-language", "x-tier", "x-forwarded-host", "cookie"] as const;

function typeIn(mood: Mood, path: string, random: Random): string {
  if (mood === "wrong-type") return random.pick(WRONG_TYPES);
  return mood === "data" ? random.pick(DATA_TYPES) : typeOf(path, random);
}

/** Counts in all scenarios, so that no answer of one passes for another's. */
let exchanges = 0;

/** A server with random resources and random manners, which writes all that it does into the journal. */
export class RandomOrigin {
  readonly #journal: Journal;
  readonly #zone: string;
  readonly #settings: ZoneSettings;
  readonly #seed: number;
  readonly #versions = new Map<string, number>();
  readonly #asked = new Map<string, number>();
  #isDownUntil = 0;

  constructor(journal: Journal, zone: Pick<ZoneDocument, "name" | "settings">, seed: number) {
    this.#journal = journal;
    this.#zone = zone.name;
    this.#settings = zone.settings;
    this.#seed = seed;
  }

  answer = async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url);
    const resource = pathname + search;
    const nth = (this.#asked.get(resource) ?? 0) + 1;
    this.#asked.set(resource, nth);
    const random = new Random(hash(`${this.#seed} ${resource} ${nth}`));
    const exchange = this.#begin(request, resource);
    for (let turns = random.pick([0, 0, 1, 3]); turns > 0; turns--) await turn();
    if (random.chance(0.04)) pass(random.pick([1, 2.5, 6]));
    const response = this.#respond(exchange, random, pathname);
    if (response === null) throw new Error("connection reset");
    return response;
  };

  #begin(request: Request, resource: string): OriginExchange {
    const exchange: OriginExchange = {
      id: ++exchanges,
      zone: this.#zone,
      step: callingStep(),
      method: request.method,
      resource,
      request: withoutOwnHost(request.headers),
      requestedSeq: this.#journal.tick(),
      requestedAt: Date.now(),
      answeredAt: 0,
      endedSeq: Number.POSITIVE_INFINITY,
      status: 0,
      headers: new Headers(),
      content: new Uint8Array(),
      defect: null,
      variant: "",
    };
    this.#journal.exchanges.set(exchange.id, exchange);
    return exchange;
  }

  #respond(exchange: OriginExchange, random: Random, path: string): Response | null {
    const now = Date.now();
    exchange.answeredAt = now;
    const isUnsafe = exchange.method !== "GET" && exchange.method !== "HEAD";
    const mood =
      now < this.#isDownUntil ? random.pick(["server-error", "unreachable"] as const) : random.weighted(MOODS);
    if (mood === "unreachable" && now >= this.#isDownUntil)
      this.#isDownUntil = now + random.pick([1, 1_000, 5_000, 20_000]);
    if (mood === "server-error" && random.chance(0.3)) this.#isDownUntil = now + random.pick([1_000, 10_000]);
    if (mood === "unreachable") {
      exchange.endedSeq = this.#journal.tick();
      this.#journal.note(`  origin #${exchange.id} for ${exchange.step}: no connection`);
      return null;
    }
    const { request } = exchange;
    const isUnconditional = !isUnsafe && !request.has("if-none-match") && !request.has("if-modified-since");
    const usual = STATUS[mood] === undefined ? 200 : random.pick(STATUS[mood]);
    const status = mood === "unasked-304" && isUnconditional ? 304 : usual;
    if ((isUnsafe && status < 400) || random.chance(0.12))
      this.#versions.set(path, (this.#versions.get(path) ?? 0) + 1);
    const said = saidOf(random, now, true);
    if (isUnsafe) {
      const named = random.maybe(0.3, ["/a.css", "/dir/doc", "./c.png"]);
      if (named !== null) said.set(random.pick(["location", "content-location"]), named);
    } else if (status >= 301 && status <= 308 && status !== 304) said.set("location", "/b.js");
    return status === 200 ? this.#whole(exchange, random, path, said, mood) : this.#brief(exchange, status, said);
  }

  #brief(exchange: OriginExchange, status: number, said: Headers): Response {
    const text = status === 204 || status === 304 ? "" : `${status} ${exchange.id} ${this.#zone} ${exchange.resource}`;
    exchange.content = new TextEncoder().encode(text);
    said.set("content-type", "text/plain");
    return this.#send(exchange, status, said, exchange.content);
  }

  /** A 200, or the 304 or 206 that stands for it. */
  #whole(exchange: OriginExchange, random: Random, path: string, said: Headers, mood: Mood): Response {
    const manners = new Random(hash(`${this.#seed} ${path}`));
    const selecting = manners.maybe(0.6, SELECTING);
    const { headers: listed } = this.#settings.forward;
    const isListed = selecting !== null && listed !== "all" && listed.includes(selecting);
    // It may forget to say so of a header that the zone lists.
    const saysVary = selecting !== null && !(isListed && manners.chance(0.6));
    const tags = manners.pick(["strong", "strong", "weak", "none"]);
    const hasDate = manners.chance(0.5);
    const size = manners.pick([0, 60, 400, 1_500, 1_500, 6_000]) * (manners.chance(0.02) ? 300 : 1);

    const version = this.#versions.get(path) ?? 0;
    exchange.variant = selecting === null ? "" : comparable(selecting, exchange.request.get(selecting));
    const title = `${this.#zone} ${exchange.resource} [${exchange.variant}] v${version} `;
    exchange.content = contentOf(title, size === 0 ? 0 : size + version);
    const etag = tags === "none" ? null : `${tags === "weak" ? "W/" : ""}"${hash(title).toString(36)}"`;
    const modified = hasDate ? Date.UTC(2026, 10, 22, 9) + version * 7_000 : null;
    if (etag !== null) said.set("etag", etag);
    if (modified !== null) said.set("last-modified", new Date(modified).toUTCString());
    if (saysVary)
      said.append("vary", random.pick([selecting, selecting.toUpperCase(), `Accept-Encoding, ${selecting}`]));
    if (random.chance(0.03)) said.append("vary", "*");

    if (isUnchanged(exchange.request, etag, modified) && random.chance(0.9)) {
      const notModified = saidOf(random, exchange.answeredAt, false);
      if (said.has("vary") && random.chance(0.8)) notModified.set("vary", said.get("vary")!);
      if (etag !== null && random.chance(0.8)) notModified.set("etag", etag);
      return this.#send(exchange, 304, notModified, null);
    }
    said.set("content-type", typeIn(mood, path, random));
    const part = this.#partFor(exchange, random, mood, etag);
    if (part !== null) {
      const [first, last] = part;
      said.set("content-range", `bytes ${first}-${last}/${exchange.content.byteLength}`);
      return this.#send(exchange, 206, said, exchange.content.subarray(first, last + 1));
    }
    if (mood === "cut-off" || mood === "too-short" || mood === "too-long") exchange.defect = mood;
    // What becomes more than a mebibyte may be more than the edge takes for so few bytes.
    const mayBeCoded = mood === "fine" && exchange.content.byteLength <= 1_048_576;
    // What must not be transformed stays coded for everybody (RFC 9110 §7.7): see `forms.test.ts`.
    const isCoded = random.chance(0.04) && mayBeCoded && !said.get("cache-control")?.includes("no-transform");
    if (isCoded) said.set("content-encoding", "deflate");
    else if (random.chance(0.5) || mood === "too-short" || mood === "too-long") {
      const wrong = mood === "too-short" ? 5 : mood === "too-long" ? -5 : 0;
      said.set("content-length", String(Math.max(0, exchange.content.byteLength + wrong)));
      if (exchange.content.byteLength + wrong <= 0 && wrong < 0) exchange.defect = null;
    }
    if (exchange.defect === null && mood === "too-long") said.delete("content-length");
    return this.#send(exchange, 200, said, isCoded ? deflated(exchange.content) : exchange.content);
  }

  /** RFC 9110 §14.2, or a part that nobody has asked for. */
  #partFor(
    exchange: OriginExchange,
    random: Random,
    mood: Mood,
    etag: string | null,
  ): [first: number, last: number] | null {
    const { request, method, content } = exchange;
    const range = request.get("range");
    if (method !== "GET" || (range === null ? mood !== "unasked-part" : random.chance(0.3))) return null;
    const ifRange = request.get("if-range");
    if (ifRange !== null && (ifRange !== etag || etag.startsWith("W/"))) return null;
    const size = content.byteLength;
    const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(range ?? "bytes=0-9") ?? [];
    const first = from === "" ? Math.max(0, size - Number(to)) : Number(from);
    const last = from === "" || to === "" ? size - 1 : Number(to);
    return first <= last && last < size ? [first, last] : null;
  }

  #send(exchange: OriginExchange, status: number, headers: Headers, bytes: Uint8Array | null): Response {
    headers.set(`x-exchange-${exchange.id}`, "1");
    if (headers.has("set-cookie")) headers.set("set-cookie", `session=${exchange.id}; Path=/`);
    const marks = [...exchange.request.values()].flatMap((value) => value.match(MARK) ?? []);
    if (marks.length > 0) headers.set("x-marks", marks.join(" "));
    exchange.status = status;
    exchange.headers = new Headers(headers);
    const sent = exchange.defect === "cut-off" ? `${status} cut off` : status;
    this.#journal.note(
      `  origin #${exchange.id} for ${exchange.step}: ${exchange.method} ${exchange.resource} (${shown(exchange.request)}) -> ${sent} (${shown(headers)})`,
    );
    const isBodiless = exchange.method === "HEAD" || status === 204 || status === 304;
    if (isBodiless) exchange.endedSeq = this.#journal.tick();
    const body = isBodiless ? null : this.#stream(exchange, bytes ?? new Uint8Array());
    return new Response(body, { status, headers, ...(headers.has("content-encoding") && { encodeBody: "manual" }) });
  }

  #stream(exchange: OriginExchange, bytes: Uint8Array): ReadableStream<Uint8Array> {
    const step = Math.max(1, Math.ceil(bytes.byteLength / 3));
    let at = 0;
    const end = () => {
      exchange.endedSeq = this.#journal.tick();
    };
    return new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (at > 0) await turn();
        if (exchange.defect === "cut-off" && at + step >= bytes.byteLength) {
          end();
          controller.error(new Error("connection reset"));
        } else if (at >= bytes.byteLength) {
          end();
          controller.close();
        } else {
          controller.enqueue(bytes.slice(at, at + step));
          at += step;
        }
      },
      cancel: end,
    });
  }
}

/** Lets everything else go on. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
