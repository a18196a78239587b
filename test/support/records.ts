import { env, exports } from "cloudflare:workers";
import { expect } from "vitest";
import type { NamespaceDocument, RecordDocument } from "../../src/records/documents.ts";
import { hashQueryToken, newQueryToken } from "../../src/records/query-token.ts";
import { type Message, type QueryOptions, queryOf, readMessage } from "./dns.ts";

export const DNS_HOST = "http://dns.resolvedb.localhost";

/** 2027-01-15T08:00:00Z, in ms. */
export const STORED_AT = 1_800_000_000_000;

let count = 0;

/** A namespace with records, in the state after publication: in D1 and in the zone table. */
export class PlayedNamespace {
  readonly name = `ns${++count}-${crypto.randomUUID().slice(0, 8)}`;
  readonly document: NamespaceDocument;

  constructor(visibility: "public" | "private") {
    this.document = { name: this.name, account: `acct_${this.name}`, visibility, revision: 1, state: "active" };
  }

  async publish(): Promise<this> {
    const { name, account, visibility } = this.document;
    await env.DB.batch([
      insert("accounts", { id: account, name: "A", email: "a@example.com", plan: "free", created_at: 0 }),
      insert("namespaces", { name, account_id: account, visibility, revision: 1, created_at: 0, updated_at: 0 }),
    ]);
    await env.ZONES.put(`ns:${name}`, JSON.stringify(this.document));
    return this;
  }

  /** Stores a record under `<labels>.<namespace>.v1`. */
  async put(labels: string, data: string | Uint8Array, change: Partial<RecordDocument> = {}): Promise<RecordDocument> {
    const { name, account } = this.document;
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    const document: RecordDocument = {
      id: `rec_${crypto.randomUUID()}`,
      account,
      key: `${labels}.${name}.v1`,
      namespace: name,
      resource: labels.slice(labels.lastIndexOf(".") + 1),
      version: "v1",
      data: bytes.toBase64(),
      ttl: 3600,
      createdAt: STORED_AT - 1_000,
      updatedAt: STORED_AT,
      revision: 1,
      state: "active",
      ...change,
    };
    const { createdAt, updatedAt, account: account_id, ...columns } = document;
    await insert("records", { ...columns, account_id, created_at: createdAt, updated_at: updatedAt }).run();
    await env.ZONES.put(`rec:${document.key}`, JSON.stringify(document));
    return document;
  }

  /** A query token of the namespace, in the form of its label. */
  async token({ expiresAt = null }: { expiresAt?: number | null } = {}): Promise<string> {
    const token = newQueryToken();
    const hash = await hashQueryToken(token);
    const id = crypto.randomUUID();
    const row = { id, namespace: this.name, hash, prefix: token.slice(0, 12), name: "test", created_at: 0 };
    await insert("query_tokens", { ...row, expires_at: expiresAt }).run();
    return `auth-${token}`;
  }
}

function insert(table: string, row: Record<string, string | number | null>): D1PreparedStatement {
  const columns = Object.keys(row);
  const places = columns.map(() => "?").join();
  return env.DB.prepare(`INSERT INTO ${table} (${columns.join()}) VALUES (${places})`).bind(...Object.values(row));
}

let clients = 0;

/** A header that makes a request come from a client that has not asked for anything yet. */
export function asNewClient(): { "cf-connecting-ip": string } {
  const number = ++clients;
  return { "cf-connecting-ip": `198.${18 + ((number >> 16) & 1)}.${(number >> 8) & 255}.${number & 255}` };
}

/** Sends a DNS message by POST to `/dns-query`, as a new client. */
export function post(message: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Response> {
  return exports.default.fetch(`${DNS_HOST}/dns-query`, {
    method: "POST",
    headers: { "content-type": "application/dns-message", ...asNewClient(), ...headers },
    body: message,
  });
}

/** Asks for a name, and reads the answer strictly. */
export async function ask(name: string, options: QueryOptions = {}): Promise<Message & { http: Response }> {
  const query = queryOf(name, { id: 4711, ...options });
  const http = await post(query);
  expect(http.status).toBe(200);
  expect(http.headers.get("content-type")).toBe("application/dns-message");
  const message = readMessage(new Uint8Array(await http.arrayBuffer()));
  expect(message).toMatchObject({ id: options.id ?? 4711, qr: true, ra: false, ad: false, tc: false });
  return { ...message, http };
}

/** The text in the answer for a name, with all strings joined. */
export async function textOf(name: string): Promise<string> {
  const { answers, rcode } = await ask(name);
  expect(rcode).toBe(0);
  expect(answers).toHaveLength(1);
  return answers[0]!.strings.join("");
}

/** The value of `d` in a text, decoded. */
export function dataOf(text: string): string {
  const [head = "", data = ""] = text.split(/;d=(.*)/s);
  if (!/;e=b64(;|$)/.test(head)) return data;
  return new TextDecoder().decode(Uint8Array.fromBase64(data, { alphabet: "base64url" }));
}
