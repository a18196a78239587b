import type { Random } from "../../model/random.ts";
import { type Answer, request } from "../request.ts";
import { Ledger, type Mark } from "./ledger.ts";

const API = "api.rescdn.localhost";

/** What clients did, and what the server was found to hold after it was killed. */
export interface Tally {
  acknowledged: number;
  /** Writes that were in flight when the server was killed, by what was found of them. */
  inFlight: { kept: number; absent: number };
  /** Answers that came out of the cache after a restart. */
  hitsAfterRestart: number;
  /** What was wrong, one sentence each. */
  wrong: string[];
}

/** A customer with a few zones, who writes without rest and remembers what was acknowledged. */
export class Client {
  readonly #key: string;
  readonly #origin: { url: string; answers(): number };
  readonly #ledgers: Ledger[];
  readonly #tally: Tally;
  readonly #random: Random;
  #marks = 0;
  #port = 0;
  #stopped = false;

  constructor(
    names: readonly string[],
    key: string,
    origin: { url: string; answers(): number },
    tally: Tally,
    random: Random,
  ) {
    this.#ledgers = names.map((name) => new Ledger(name));
    this.#key = key;
    this.#origin = origin;
    this.#tally = tally;
    this.#random = random;
  }

  /** Writes until the server is killed: see {@link stop}. */
  async write(port: number): Promise<void> {
    this.#port = port;
    this.#stopped = false;
    while (!this.#stopped) {
      const ledger = this.#random.pick(this.#ledgers);
      try {
        await this.#change(ledger);
      } catch (error) {
        // Only a server that was killed leaves a write without an answer.
        if (!this.#stopped) this.#tally.wrong.push(`${ledger.name}: ${error}`);
        return;
      }
    }
  }

  /** Says that the server is about to be killed: a write that fails from now on is in flight. */
  stop(): void {
    this.#stopped = true;
  }

  /** Compares what the restarted server holds with what was acknowledged: in D1, by the API, and in KV, by the edge. */
  async check(port: number): Promise<void> {
    this.#port = port;
    for (const ledger of this.#ledgers) {
      const { pending, acknowledged } = ledger;
      const found = await this.#found(ledger);
      const wrong = ledger.settle(found);
      if (wrong !== null) this.#tally.wrong.push(wrong);
      else if (pending !== null && pending.mark !== acknowledged)
        this.#tally.inFlight[found === pending.mark ? "kept" : "absent"]++;
      const cache = await this.#checkEdge(ledger);
      if (cache === "HIT") this.#tally.hitsAfterRestart++;
    }
  }

  async #found({ name }: Ledger): Promise<Mark> {
    const answer = await this.#api("GET", `/v1/zones/${name}`);
    if (answer.status === 404) return null;
    const { settings } = JSON.parse(answer.body) as { settings: { response_headers: Record<string, string> } };
    const { "x-mark": mark, "x-twin": twin } = settings.response_headers;
    if (mark !== twin) this.#tally.wrong.push(`${name} has half a change: ${mark} and ${twin}`);
    return Number(mark);
  }

  async #change(ledger: Ledger): Promise<void> {
    if (ledger.acknowledged === null) return this.#create(ledger);
    const chance = this.#random.next();
    if (chance < 0.5) return this.#patch(ledger);
    return chance < 0.85 ? this.#purge(ledger) : this.#delete(ledger);
  }

  #create(ledger: Ledger): Promise<void> {
    const mark = ++this.#marks;
    const body = { name: ledger.name, origin: this.#origin.url, settings: marked(mark) };
    return this.#write(ledger, mark, 201, "POST", "/v1/zones", body);
  }

  #patch(ledger: Ledger): Promise<void> {
    const mark = ++this.#marks;
    return this.#write(ledger, mark, 200, "PATCH", `/v1/zones/${ledger.name}`, { settings: marked(mark) });
  }

  #delete(ledger: Ledger): Promise<void> {
    return this.#write(ledger, null, 204, "DELETE", `/v1/zones/${ledger.name}`);
  }

  async #purge(ledger: Ledger): Promise<void> {
    await this.#checkEdge(ledger); // so that there is something to purge
    const answers = this.#origin.answers();
    await this.#write(ledger, ledger.acknowledged, 200, "GET", `/v1/purge?zone=${ledger.name}&path=/asset.css`);
    ledger.purgedUpTo = answers;
    await this.#checkEdge(ledger);
  }

  async #write(ledger: Ledger, mark: Mark, expected: number, method: string, path: string, body?: unknown) {
    ledger.pending = { mark };
    const answer = await this.#api(method, path, body);
    if (answer.status !== expected) throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.body}`);
    ledger.acknowledged = mark;
    ledger.pending = null;
    this.#tally.acknowledged++;
  }

  /** Asks the edge, which knows only KV, for the zone; what the cache did. */
  async #checkEdge({ name, acknowledged, purgedUpTo }: Ledger): Promise<unknown> {
    const answer = await request(this.#port, `${name}.rescdn.localhost`, "/asset.css");
    const mark = answer.status === 404 ? null : Number(answer.headers["x-mark"]);
    if (mark !== acknowledged) this.#tally.wrong.push(`the edge has ${name} at ${mark}, the API at ${acknowledged}`);
    else if (mark !== null && Number(answer.body) <= purgedUpTo)
      this.#tally.wrong.push(`the edge serves answer ${answer.body} of ${name}, purged up to ${purgedUpTo}`);
    return answer.headers["x-cache"];
  }

  #api(method: string, path: string, body?: unknown): Promise<Answer> {
    return request(this.#port, API, path, { method, headers: { "X-ResCDN-Key": this.#key }, body });
  }
}

/** Two values in one change: half of it would show. */
function marked(mark: number) {
  return { response_headers: { "x-mark": String(mark), "x-twin": String(mark) } };
}
