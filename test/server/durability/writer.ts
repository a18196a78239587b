import type { Random } from "../../model/random.ts";
import { type Answer, request } from "../request.ts";
import { Ledger, type Mark } from "./ledger.ts";

/** What clients did, and what the server was found to hold after it was killed. */
export interface Tally {
  acknowledged: number;
  /** Writes that were in flight when the server was killed, by what was found of them. */
  inFlight: { kept: number; absent: number };
  /** Answers that came out of the cache after a restart. */
  hitsAfterRestart: number;
  /** Requests that usage had after the restarts. */
  counted: number;
  /** What was wrong, one sentence each. */
  wrong: string[];
}

/** A call of an API. */
export interface ApiCall {
  method: string;
  path: string;
  body?: unknown;
}

/** A customer with a few things, who writes without rest and remembers what was acknowledged. */
export abstract class Writer {
  protected readonly tally: Tally;
  protected readonly random: Random;
  protected port = 0;
  readonly #host: string;
  readonly #headers: Record<string, string>;
  readonly #ledgers: Ledger[];
  #marks = 0;
  #stopped = false;

  /** @param api the host of its API, and the headers that show its key */
  constructor(
    api: { host: string; headers: Record<string, string> },
    names: readonly string[],
    tally: Tally,
    random: Random,
  ) {
    this.#host = api.host;
    this.#headers = api.headers;
    this.#ledgers = names.map((name) => new Ledger(name));
    this.tally = tally;
    this.random = random;
  }

  /** Makes one change that is possible now. */
  protected abstract change(ledger: Ledger): Promise<void>;
  /** The mark that the API shows. */
  protected abstract found(ledger: Ledger): Promise<Mark>;
  /** Compares what readers are answered, who know only KV, with what was acknowledged. */
  protected abstract checkReaders(ledger: Ledger): Promise<void>;

  /** Writes until the server is killed: see {@link stop}. */
  async write(port: number): Promise<void> {
    this.port = port;
    this.#stopped = false;
    while (!this.#stopped) {
      const ledger = this.random.pick(this.#ledgers);
      try {
        await this.change(ledger);
      } catch (error) {
        // Only a server that was killed leaves a write without an answer.
        if (!this.#stopped) this.tally.wrong.push(`${ledger.name}: ${error}`);
        return;
      }
    }
  }

  /** Says that the server is about to be killed: a write that fails from now on is in flight. */
  stop(): void {
    this.#stopped = true;
  }

  /** Compares what the restarted server holds with what was acknowledged: in D1, by the API, and in KV, by its readers. */
  async check(port: number): Promise<void> {
    this.port = port;
    for (const ledger of this.#ledgers) {
      const { pending, acknowledged } = ledger;
      const found = await this.found(ledger);
      const wrong = ledger.settle(found);
      if (wrong !== null) this.tally.wrong.push(wrong);
      else if (pending !== null && pending.mark !== acknowledged)
        this.tally.inFlight[found === pending.mark ? "kept" : "absent"]++;
      await this.checkReaders(ledger);
    }
  }

  protected nextMark(): number {
    return ++this.#marks;
  }

  /** Asks for a change that leaves a mark; what the API answered. */
  protected async ask(ledger: Ledger, mark: Mark, expected: number, call: ApiCall): Promise<Answer> {
    ledger.pending = { mark };
    const answer = await this.api(call);
    if (answer.status !== expected)
      throw new Error(`${call.method} ${call.path} was answered ${answer.status}: ${answer.body}`);
    ledger.acknowledged = mark;
    ledger.pending = null;
    this.tally.acknowledged++;
    return answer;
  }

  protected api({ method, path, body }: ApiCall): Promise<Answer> {
    return request(this.port, this.#host, path, { method, headers: this.#headers, body });
  }
}
