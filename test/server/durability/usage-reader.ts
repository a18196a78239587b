import { request } from "../request.ts";
import type { Tally } from "./writer.ts";

const ZONE = "counted";

/** How often usage is asked for, ms. */
const POLL_MS = 200;

/** Requests that are made after a restart, of which none may be lost. */
const FETCHED_IN_PEACE = 6;

/** How long usage may take on a busy machine to have them, ms. */
const ARRIVES_MS = 60_000;

/** A client that fetches from a zone of its own without rest, and holds usage to what it was answered. */
export class UsageReader {
  readonly #key: string;
  readonly #originUrl: string;
  readonly #tally: Tally;
  #stopped = false;
  /** Requests of this life of the server. */
  #sent = 0;
  /** What usage said at the beginning of this life, and what it has said since. */
  #before = 0;
  #said = 0;

  constructor(key: string, originUrl: string, tally: Tally) {
    this.#key = key;
    this.#originUrl = originUrl;
    this.#tally = tally;
  }

  async write(port: number): Promise<void> {
    this.#stopped = false;
    this.#sent = 0;
    try {
      await this.#ask(port, "/v1/zones", { method: "POST", body: { name: ZONE, origin: this.#originUrl } });
      let askedAt = Date.now();
      while (!this.#stopped) {
        await this.#fetch(port);
        if (Date.now() - askedAt < POLL_MS) continue;
        askedAt = Date.now();
        this.#said = await this.#usage(port);
      }
    } catch (error) {
      // Only a server that was killed leaves a request without an answer.
      if (!this.#stopped) this.#tally.wrong.push(`${ZONE}: ${error}`);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  /**
   * What usage has once said is never lost, and nothing is counted twice. What the killed isolates had not brought is lost, however
   * much a busy machine lets come together, but nothing of what is counted after it: that arrives, to the request.
   */
  async check(port: number): Promise<void> {
    const counted = await this.#usage(port);
    const { wrong } = this.#tally;
    if (counted < this.#said) wrong.push(`usage has ${counted} requests, and had said ${this.#said}`);
    if (counted > this.#before + this.#sent) {
      wrong.push(`usage has ${counted - this.#before} requests more, and ${this.#sent} were sent`);
    }
    let answered = 0;
    for (let n = 0; n < FETCHED_IN_PEACE; n++) if ((await this.#fetch(port)) === 200) answered++;
    const all = counted + answered;
    const until = Date.now() + ARRIVES_MS;
    let arrived = await this.#usage(port);
    while (arrived < all && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      arrived = await this.#usage(port);
    }
    if (arrived !== all) wrong.push(`usage has ${arrived} requests of ${all} after a restart`);
    this.#tally.counted += arrived - this.#before;
    this.#before = arrived;
    this.#said = arrived;
  }

  async #fetch(port: number): Promise<number> {
    this.#sent++;
    return (await request(port, `${ZONE}.rescdn.localhost`, `/${this.#sent % 5}.css`)).status;
  }

  async #usage(port: number): Promise<number> {
    const { status, body } = await this.#ask(port, "/v1/usage");
    if (status !== 200) throw new Error(`usage was answered ${status}: ${body}`);
    return (JSON.parse(body) as { requests: number }).requests;
  }

  #ask(port: number, path: string, asked: { method?: string; body?: unknown } = {}) {
    return request(port, "api.rescdn.localhost", path, { ...asked, headers: { "X-ResCDN-Key": this.#key } });
  }
}
