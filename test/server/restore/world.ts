import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Keys, newAccount } from "../new-account.ts";
import { type Answer, request } from "../request.ts";

/** What each zone is asked for. */
const PATHS = ["/a.css", "/b.css"] as const;

/** So many things are worked on at the same time. */
const AT_ONCE = 8;

/** An account has so many zones and as many records: its keys' limits are not what is tested. */
const THINGS_OF_AN_ACCOUNT = 20;

interface Customer extends Keys {
  namespace: string;
}

/** A zone and a record of one number, which its customer creates, changes and deletes together. */
interface Thing {
  zone: string;
  record: string;
  customer: Customer;
}

/** What was found wrong, one sentence each, and how much was looked at. */
export interface Findings {
  differences: string[];
  purgedServed: string[];
  zones: number;
  records: number;
  objects: number;
  hits: number;
}

/** Customers with their zones and records on a server, an origin whose answers are numbered, and what was purged of them. */
export class World {
  port = 0;
  #answers = 0;
  #marks = 0;
  readonly #origin = createServer((_, response) => {
    response.writeHead(200, { "Content-Type": "text/css", "Cache-Control": "max-age=3600" }).end(`${++this.#answers}`);
  });
  readonly #things: Thing[] = [];
  readonly #customers: Customer[] = [];
  /** By zone and path: what was served of it came from the origin after its answer of this number. */
  readonly #purged = new Map<string, number>();
  /** Answers of the edge that a meter counts, by the live key of the account. */
  readonly #counted = new Map<string, number>();

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#origin.listen(0, "127.0.0.1", resolve));
  }

  close(): void {
    this.#origin.closeAllConnections();
    this.#origin.close();
  }

  /** Makes so many zones and records more, and fills the cache with them. */
  async create(count: number): Promise<void> {
    const first = this.#things.length;
    while (this.#customers.length * THINGS_OF_AN_ACCOUNT < first + count) {
      const keys = await newAccount(this.port, "enterprise");
      this.#customers.push({ ...keys, namespace: `app-${this.#customers.length}` });
    }
    const made = Array.from({ length: count }, (_, index): Thing => {
      const number = first + index;
      const customer = this.#customers[Math.floor(number / THINGS_OF_AN_ACCOUNT)]!;
      return { zone: `zone-${number}`, record: `record-${number}`, customer };
    });
    this.#things.push(...made);
    await atOnce(made, async (thing) => {
      await this.#createZone(thing);
      const mark = ++this.#marks;
      const record = { key: `${thing.record}.${thing.customer.namespace}.v1`, data: btoa(`${mark}`) };
      await this.#records(thing, "POST", "", 201, { record });
      await this.read(thing);
    });
  }

  /** Every third is changed, every fifth deleted, every second purged; most are read in between. */
  async change(turn: number): Promise<void> {
    await atOnce([...this.#things.entries()], async ([number, thing]) => {
      if (!(await this.#exists(thing))) return;
      const chance = number + turn;
      const record = await this.#recordPath(thing);
      if (chance % 2 === 0) await this.purge(thing, PATHS[turn % PATHS.length]!);
      if (chance % 3 === 0) {
        const mark = ++this.#marks;
        await this.#zones(thing, "PATCH", `/${thing.zone}`, 200, { settings: marked(mark) });
        const body = { record: { data: btoa(`${mark}`) } };
        if (record !== null) await this.#records(thing, "PATCH", record, 200, body);
      }
      if (chance % 5 === 0) {
        await this.#zones(thing, "DELETE", `/${thing.zone}`, 204);
        if (record !== null) await this.#records(thing, "DELETE", record, 204);
        // Some are made anew, which are other zones of the same names.
        if (chance % 10 === 0) await this.#createZone(thing);
      }
      await this.read(thing);
    });
  }

  /** Purges the first path of each zone that there is. */
  async purgeSome(count: number): Promise<void> {
    const there = [];
    for (const thing of this.#things) if (there.length < count && (await this.#exists(thing))) there.push(thing);
    await atOnce(there, (thing) => this.purge(thing, PATHS[0]));
  }

  async purge({ zone, customer }: Thing, path: string): Promise<void> {
    const answers = this.#answers;
    const answer = await this.#api(customer.live, "GET", `/v1/purge?zone=${zone}&path=${path}`);
    expectStatus(answer, 200);
    this.#purged.set(zone + path, answers);
  }

  /** Reads whatever there is until it is told to stop; gives how often it was answered, and every failure. */
  readers(count: number): { stop(): Promise<{ answers: number; failures: string[] }> } {
    let stopped = false;
    let answers = 0;
    const failures: string[] = [];
    const loops = Array.from({ length: count }, async (_, reader) => {
      for (let turn = reader; !stopped; turn += 7) {
        const thing = this.#things[turn % this.#things.length];
        if (thing === undefined) continue;
        try {
          const seen = await this.read(thing);
          answers += seen.length;
          const wrong = seen.find(({ status }) => ![200, 404].includes(status));
          if (wrong !== undefined) failures.push(`${thing.zone} answers ${wrong.status}: ${wrong.body}`);
        } catch (error) {
          failures.push(`${thing.zone}: ${error}`);
        }
      }
    });
    return {
      async stop() {
        stopped = true;
        await Promise.all(loops);
        return { answers, failures };
      },
    };
  }

  /** Asks a zone for each of its paths, and a record for its data. */
  async read({ zone, record, customer }: Thing): Promise<Answer[]> {
    const answers: Answer[] = [];
    for (const path of PATHS) {
      const answer = await request(this.port, `${zone}.rescdn.localhost`, path, { seconds: 120 });
      if (answer.status === 200) this.#counted.set(customer.live, (this.#counted.get(customer.live) ?? 0) + 1);
      answers.push(answer);
    }
    const name = `get.${record}.${customer.namespace}.v1.resolvedb.net`;
    answers.push(
      await request(this.port, "dns.resolvedb.localhost", `/resolve?type=TXT&name=${name}`, { seconds: 120 }),
    );
    return answers;
  }

  /** Compares all that there ever was, as the API shows it out of D1, with what readers are served. */
  async compare(): Promise<Findings> {
    const accounts = new Map<Customer, Promise<boolean>>();
    // Asked once: an address may not fail to authenticate as often as it likes.
    const hasAccount = (customer: Customer): Promise<boolean> => {
      const known =
        accounts.get(customer) ?? this.#api(customer.live, "GET", "/v1/me").then(({ status }) => status === 200);
      accounts.set(customer, known);
      return known;
    };
    const found: Findings = { differences: [], purgedServed: [], zones: 0, records: 0, objects: 0, hits: 0 };
    await atOnce(this.#things, async (thing) => {
      const { zone, record } = thing;
      const isThere = await hasAccount(thing.customer);
      const mark = isThere ? await this.#shownMark(thing) : null;
      const data = isThere ? await this.#shownData(thing) : null;
      if (mark !== null) found.zones++;
      if (data !== null) found.records++;
      // Twice: what the first one stores must be served to the second.
      for (let turn = 0; turn < 2; turn++) {
        const answers = await this.read(thing);
        for (const [index, path] of PATHS.entries()) {
          const answer = answers[index]!;
          const served = answer.status === 404 ? null : String(answer.headers["x-mark"]);
          if (served !== mark) found.differences.push(`${zone}: D1 has ${mark}, the edge ${served}`);
          if (served === null) continue;
          found.objects++;
          if (answer.headers["x-cache"] === "HIT") found.hits++;
          const purged = this.#purged.get(zone + path) ?? 0;
          if (Number(answer.body) <= purged)
            found.purgedServed.push(`${zone}${path} is answer ${answer.body}, purged up to ${purged}`);
        }
        const { Answer = [] } = JSON.parse(answers.at(-1)!.body) as { Answer?: { data: string }[] };
        const served = /;d=(\w*)/.exec(Answer[0]?.data ?? "")?.[1] ?? null;
        if (served !== data) found.differences.push(`${record}: D1 has ${data}, its name ${served}`);
      }
    });
    return found;
  }

  /** What the meters of all accounts have counted, beside what was answered. */
  async usage(): Promise<{ counted: number; answered: number }> {
    let counted = 0;
    for (const { live } of this.#customers) {
      const answer = await this.#api(live, "GET", "/v1/usage");
      if (answer.status === 401) {
        this.#counted.delete(live); // made after the backup
        continue;
      }
      expectStatus(answer, 200);
      const { requests } = JSON.parse(answer.body) as { requests: number };
      counted += requests;
    }
    return { counted, answered: [...this.#counted.values()].reduce((sum, count) => sum + count, 0) };
  }

  async #createZone(thing: Thing): Promise<void> {
    const { port } = this.#origin.address() as AddressInfo;
    const body = { name: thing.zone, origin: `http://127.0.0.1:${port}`, settings: marked(++this.#marks) };
    await this.#zones(thing, "POST", "", 201, body);
  }

  async #exists({ zone, customer }: Thing): Promise<boolean> {
    return (await this.#api(customer.live, "GET", `/v1/zones/${zone}`)).status === 200;
  }

  async #shownMark({ zone, customer }: Thing): Promise<string | null> {
    const shown = await this.#api(customer.live, "GET", `/v1/zones/${zone}`);
    if (shown.status === 404) return null;
    expectStatus(shown, 200);
    return markOf(shown.body);
  }

  async #shownData({ record, customer }: Thing): Promise<string | null> {
    const [shown] = await this.#shownRecords(customer, record);
    return shown === undefined ? null : atob(shown.data);
  }

  async #recordPath({ record, customer }: Thing): Promise<string | null> {
    const [shown] = await this.#shownRecords(customer, record);
    return shown === undefined ? null : `/${shown.id}`;
  }

  async #shownRecords({ namespace, resolvedb }: Customer, record: string): Promise<{ id: string; data: string }[]> {
    const path = `/api/v1/records?namespace=${namespace}&resource=${record}`;
    const headers = { Authorization: `Bearer ${resolvedb}` };
    const answer = await request(this.port, "api.resolvedb.localhost", path, { headers, seconds: 120 });
    return (JSON.parse(answer.body) as { records?: { id: string; data: string }[] }).records ?? [];
  }

  async #zones({ customer }: Thing, method: string, path: string, expected: number, body?: unknown): Promise<void> {
    expectStatus(await this.#api(customer.live, method, `/v1/zones${path}`, body), expected);
  }

  async #records({ customer }: Thing, method: string, path: string, expected: number, body?: unknown): Promise<void> {
    const headers = { Authorization: `Bearer ${customer.resolvedb}` };
    const init = { method, headers, body, seconds: 120 };
    expectStatus(await request(this.port, "api.resolvedb.localhost", `/api/v1/records${path}`, init), expected);
  }

  #api(key: string, method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = { "X-ResCDN-Key": key };
    return request(this.port, "api.rescdn.localhost", path, { method, headers, body, seconds: 120 });
  }
}

function marked(mark: number) {
  return { response_headers: { "x-mark": String(mark) } };
}

function markOf(body: string): string {
  return (JSON.parse(body) as { settings: { response_headers: Record<string, string> } }).settings.response_headers[
    "x-mark"
  ]!;
}

function expectStatus({ status, body }: Answer, expected: number): void {
  if (status !== expected) throw new Error(`answered ${status} in the place of ${expected}: ${body}`);
}

async function atOnce<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const left = [...items];
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  });
  await Promise.all(workers);
}
