import { Buffer } from "node:buffer";
import { decode, encode } from "dns-packet";
import { PROOF_PATH } from "../../src/hosts.ts";

interface Question {
  name: string;
  type: string;
}

type ResourceRecord = Question & { ttl: number; data: string | string[] };

/** A record as a test gives it. TXT: its strings. */
export type Given = { type: "TXT"; data: string | string[] } | { type: "A" | "AAAA" | "CNAME"; data: string };

/** What a resolver does with a question instead of answering from its records. */
export type Fault =
  | "servfail"
  | "refused"
  | "silence"
  | "unreachable"
  | "nonsense"
  | "other-question"
  | "cut"
  | "long"
  | "403";

/** A resolver that speaks DNS over HTTPS, and the servers of the names that it knows: tests use it as the network. */
export class FakeResolver {
  readonly records = new Map<string, Given[]>();
  /** By name; `*`: all names. */
  readonly faults = new Map<string, Fault>();
  /** What happens to the next questions for a name, in order. */
  readonly turns = new Map<string, (Fault | "answer")[]>();
  /** The answer of a hostname's server at the path of the file. */
  readonly files = new Map<string, () => Response>();
  /** Questions, such as `TXT _rescdn.cdn.example.com`, and requested files. */
  readonly asked: string[] = [];

  /** Replaces the records of a name. */
  set(name: string, ...given: Given[]): void {
    this.records.set(name, given);
  }

  /** Takes the place of `fetch`; null: the URL is not one of its own. */
  async answer(request: Request, resolverUrl: string): Promise<Response | null> {
    const url = new URL(request.url);
    if (request.url === resolverUrl) return this.#resolve(request);
    if (url.pathname !== PROOF_PATH) return null;
    this.asked.push(`file ${url.hostname}`);
    const file = this.files.get(url.hostname);
    if (file === undefined) throw new Error("connection refused");
    return file();
  }

  async #resolve(request: Request): Promise<Response> {
    const bytes = await request.arrayBuffer();
    const query = decode(Buffer.from(bytes, 0, bytes.byteLength));
    const [question] = query.questions as unknown as [Question];
    const name = question.name.toLowerCase();
    this.asked.push(`${question.type} ${name}`);
    const turn = this.turns.get(name)?.shift();
    const fault = turn === "answer" ? undefined : (turn ?? this.faults.get(name) ?? this.faults.get("*"));
    if (fault === "unreachable") throw new Error("connection refused");
    if (fault === "silence") return new Promise((_, reject) => reject(new DOMException("timed out", "TimeoutError")));
    if (fault === "403") return new Response("no", { status: 403 });
    if (fault === "nonsense") return new Response("<html>not DNS</html>");
    if (fault === "long") return new Response(new Uint8Array(70_000));
    const message = this.#message(question, name, fault);
    return new Response(fault === "cut" ? message.slice(0, message.length - 5) : message);
  }

  #message(question: Question, name: string, fault: Fault | undefined): Uint8Array<ArrayBuffer> {
    const rcode = fault === "servfail" ? 2 : fault === "refused" ? 5 : this.#knows(name) ? 0 : 3;
    const message = {
      type: "response",
      flags: 0x0180 | rcode,
      questions: [fault === "other-question" ? { ...question, name: "elsewhere.example" } : question],
      answers: rcode === 0 ? this.#answers(name, question.type) : [],
    };
    return new Uint8Array(encode(message as Parameters<typeof encode>[0]));
  }

  /** With the whole chain of aliases, as resolvers answer. */
  #answers(name: string, type: string, depth = 0): ResourceRecord[] {
    const given = this.records.get(name) ?? [];
    const own = given.filter((record) => record.type === type).map((record) => ({ name, ttl: 60, ...record }));
    const alias = given.find((record) => record.type === "CNAME");
    if (alias === undefined || type === "CNAME" || depth > 20) return own;
    return [{ name, ttl: 60, ...alias }, ...this.#answers(String(alias.data), type, depth + 1)];
  }

  #knows(name: string): boolean {
    return [...this.records.keys()].some((known) => known === name || known.endsWith(`.${name}`));
  }
}
