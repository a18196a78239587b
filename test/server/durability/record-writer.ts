import type { Random } from "../../model/random.ts";
import { request } from "../request.ts";
import type { Ledger, Mark } from "./ledger.ts";
import { type Tally, Writer } from "./writer.ts";

interface ShownRecord {
  id: string;
  data: string;
  ttl: number;
}

/** A customer of ResolveDB, who creates, changes and deletes records. A ledger's name is a record's resource. */
export class RecordWriter extends Writer {
  readonly #namespace: string;

  constructor(namespace: string, names: readonly string[], key: string, tally: Tally, random: Random) {
    const api = { host: "api.resolvedb.localhost", headers: { Authorization: `Bearer ${key}` } };
    super(api, names, tally, random);
    this.#namespace = namespace;
  }

  protected async found(ledger: Ledger): Promise<Mark> {
    const record = await this.#record(ledger);
    if (record === null) return null;
    const mark = Number(atob(record.data));
    if (record.ttl !== mark) this.tally.wrong.push(`${ledger.name} has half a change: ${mark} and ${record.ttl}`);
    return mark;
  }

  protected async change(ledger: Ledger): Promise<void> {
    const mark = this.nextMark();
    const record = { data: btoa(String(mark)), ttl: mark };
    if (ledger.acknowledged === null) {
      const body = { record: { key: `${ledger.name}.${this.#namespace}.v1`, ...record } };
      await this.ask(ledger, mark, 201, { method: "POST", path: "/api/v1/records", body });
    } else {
      const path = `/api/v1/records/${(await this.#record(ledger))?.id}`;
      if (this.random.next() < 0.7) await this.ask(ledger, mark, 200, { method: "PATCH", path, body: { record } });
      else await this.ask(ledger, null, 204, { method: "DELETE", path });
    }
    await this.checkReaders(ledger);
  }

  /** Asks for the record's name. */
  protected async checkReaders({ name, acknowledged }: Ledger): Promise<void> {
    const path = `/resolve?type=TXT&name=get.${name}.${this.#namespace}.v1.resolvedb.net`;
    const { body } = await request(this.port, "dns.resolvedb.localhost", path);
    const { Answer } = JSON.parse(body) as { Answer: { data: string }[] };
    const data = /;d=(.*)$/.exec(Answer[0]?.data ?? "")?.[1];
    const mark = data === undefined ? null : Number(data);
    if (mark !== acknowledged) this.tally.wrong.push(`DNS has ${name} at ${mark}, the API at ${acknowledged}`);
  }

  async #record({ name }: Ledger): Promise<ShownRecord | null> {
    const path = `/api/v1/records?namespace=${this.#namespace}&resource=${name}`;
    const { records } = JSON.parse((await this.api({ method: "GET", path })).body) as { records: ShownRecord[] };
    return records[0] ?? null;
  }
}
