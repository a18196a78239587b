/** What readers of a private namespace are told. */
const HIDDEN = "hidden";

type Call = (method: string, path: string, body?: unknown) => Promise<Record<string, unknown>>;

/** A record of the simulation, in a namespace of its own. */
export class NamedRecord {
  readonly #call: Call;
  readonly #namespace = `net${crypto.randomUUID().slice(0, 8)}`;
  #id = "";
  #version = 1;
  isPublic = true;

  constructor(call: Call) {
    this.#call = call;
  }

  get name(): string {
    return `get.config.${this.#namespace}.v1`;
  }

  /** What readers have to be answered now, as {@link dataIn} has it. */
  get answer(): string {
    return this.isPublic ? `v${this.#version}` : HIDDEN;
  }

  async store(): Promise<void> {
    const record = { key: `config.${this.#namespace}.v1`, data: this.#data, ttl: 3_600 };
    const made = await this.#call("POST", "/api/v1/records", { record });
    this.#id = (made.record as { id: string }).id;
  }

  /** Changes it, where everybody sees that. */
  async change(): Promise<void> {
    if (!this.isPublic) await this.show(true);
    this.#version++;
    await this.#call("PATCH", `/api/v1/records/${this.#id}`, { record: { data: this.#data } });
  }

  /** Has everybody read it, or nobody without a token. */
  async show(isPublic: boolean): Promise<void> {
    this.isPublic = isPublic;
    const visibility = isPublic ? "public" : "private";
    await this.#call("PATCH", `/api/v1/namespaces/${this.#namespace}`, { namespace: { visibility } });
  }

  get #data(): string {
    return btoa(`v${this.#version}`);
  }
}

/** The data that an answer of `/resolve` brings. */
export function dataIn(answer: string): string {
  const { Answer } = JSON.parse(answer) as { Answer?: { data: string }[] };
  const data = Answer?.[0]?.data ?? "";
  return /;d=(v\d+)/.exec(data)?.[1] ?? (/err=E\d+/.test(data) ? HIDDEN : `neither: ${answer}`);
}
