import type { Random } from "../../model/random.ts";
import { type Answer, request } from "../request.ts";
import type { Ledger, Mark } from "./ledger.ts";
import { type Tally, Writer } from "./writer.ts";

/** A customer of ResCDN, who creates, changes, purges and deletes zones. */
export class ZoneWriter extends Writer {
  readonly #origin: { url: string; answers(): number };
  /** Ids of the requests and purges that were acknowledged. */
  readonly #requests: string[] = [];
  readonly #purges: string[] = [];

  constructor(
    names: readonly string[],
    key: string,
    origin: { url: string; answers(): number },
    tally: Tally,
    random: Random,
  ) {
    super({ host: "api.rescdn.localhost", headers: { "X-ResCDN-Key": key } }, names, tally, random);
    this.#origin = origin;
  }

  protected async found({ name }: Ledger): Promise<Mark> {
    const answer = await this.api({ method: "GET", path: `/v1/zones/${name}` });
    if (answer.status === 404) return null;
    const { settings } = JSON.parse(answer.body) as { settings: { response_headers: Record<string, string> } };
    const { "x-mark": mark, "x-twin": twin } = settings.response_headers;
    if (mark !== twin) this.tally.wrong.push(`${name} has half a change: ${mark} and ${twin}`);
    return Number(mark);
  }

  protected async change(ledger: Ledger): Promise<void> {
    if (ledger.acknowledged === null) return this.#create(ledger);
    const chance = this.random.next();
    if (chance < 0.5) return this.#patch(ledger);
    return chance < 0.85 ? this.#purge(ledger) : this.#delete(ledger);
  }

  override async check(port: number): Promise<void> {
    await super.check(port);
    await this.#checkHistory();
  }

  /** The audit log has each change that was acknowledged, once; the history has each purge, and each is published. */
  async #checkHistory(): Promise<void> {
    const { changes } = await this.#list<{ changes: { request_id: string }[] }>("/v1/audit");
    for (const id of this.#requests) {
      const times = changes.filter(({ request_id }) => request_id === id).length;
      if (times !== 1) this.tally.wrong.push(`the audit log has ${id} ${times} times`);
    }
    const { purges } = await this.#list<{ purges: { id: string; state: string }[] }>("/v1/purges");
    const known = new Set(purges.map(({ id }) => id));
    for (const id of this.#purges) if (!known.has(id)) this.tally.wrong.push(`the history has no ${id}`);
    for (const { id, state } of purges) if (state !== "published") this.tally.wrong.push(`${id} is ${state}`);
  }

  /** The newest thousand of a list, which is more than a client here changes. */
  async #list<Body>(path: string): Promise<Body> {
    return JSON.parse((await this.api({ method: "GET", path: `${path}?limit=1000` })).body) as Body;
  }

  protected override async ask(...asked: Parameters<Writer["ask"]>): Promise<Answer> {
    const answer = await super.ask(...asked);
    this.#requests.push(String(answer.headers["x-request-id"]));
    return answer;
  }

  protected async checkReaders(ledger: Ledger): Promise<void> {
    if ((await this.#checkEdge(ledger)) === "HIT") this.tally.hitsAfterRestart++;
  }

  async #create(ledger: Ledger): Promise<void> {
    const mark = this.nextMark();
    const body = { name: ledger.name, origin: this.#origin.url, settings: marked(mark) };
    await this.ask(ledger, mark, 201, { method: "POST", path: "/v1/zones", body });
  }

  async #patch(ledger: Ledger): Promise<void> {
    const mark = this.nextMark();
    const body = { settings: marked(mark) };
    await this.ask(ledger, mark, 200, { method: "PATCH", path: `/v1/zones/${ledger.name}`, body });
  }

  async #delete(ledger: Ledger): Promise<void> {
    await this.ask(ledger, null, 204, { method: "DELETE", path: `/v1/zones/${ledger.name}` });
  }

  async #purge(ledger: Ledger): Promise<void> {
    await this.#checkEdge(ledger); // so that there is something to purge
    const answers = this.#origin.answers();
    const path = `/v1/purge?zone=${ledger.name}&path=/asset.css`;
    const { body } = await this.ask(ledger, ledger.acknowledged, 200, { method: "GET", path });
    this.#purges.push((JSON.parse(body) as { id: string }).id);
    ledger.purgedUpTo = answers;
    await this.#checkEdge(ledger);
  }

  /** Asks the edge for the zone; what the cache did. */
  async #checkEdge({ name, acknowledged, purgedUpTo }: Ledger): Promise<unknown> {
    const answer = await request(this.port, `${name}.rescdn.localhost`, "/asset.css");
    const mark = answer.status === 404 ? null : Number(answer.headers["x-mark"]);
    if (mark !== acknowledged) this.tally.wrong.push(`the edge has ${name} at ${mark}, the API at ${acknowledged}`);
    else if (mark !== null && Number(answer.body) <= purgedUpTo)
      this.tally.wrong.push(`the edge serves answer ${answer.body} of ${name}, purged up to ${purgedUpTo}`);
    return answer.headers["x-cache"];
  }
}

/** Two values in one change: half of it would show. */
function marked(mark: number) {
  return { response_headers: { "x-mark": String(mark), "x-twin": String(mark) } };
}
