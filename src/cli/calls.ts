import { Failed } from "./failed.ts";
import { plain, progress } from "./terminal.ts";

interface Result<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The data of a call's answer. @throws {Failed} if it was refused, or nobody answered */
export async function answerOf<Data>(call: Promise<Result<Data>>): Promise<Data> {
  return (await wholeAnswerOf(call)).data;
}

/** As {@link answerOf}, with the answer's headers. */
export async function wholeAnswerOf<Data>(call: Promise<Result<Data>>): Promise<{ data: Data; headers: Headers }> {
  const { data, error, response } = await call;
  if (response.ok) return { data: data as Data, headers: response.headers };
  throw refused(error, response);
}

/** All items of a list whose pages have cursors. */
export async function everyPage<Item>(
  read: (cursor: string | undefined) => Promise<{ items: readonly Item[]; next: string | null }>,
): Promise<Item[]> {
  const all: Item[] = [];
  for (let cursor: string | undefined; ; ) {
    const { items, next } = await read(cursor);
    all.push(...items);
    if (next === null) return all;
    progress(`${all.length} so far…`);
    cursor = next;
  }
}

/** All items of a list whose pages are numbered. */
export async function everyNumberedPage<Item>(
  read: (page: number) => Promise<{ items: readonly Item[]; pages: number }>,
): Promise<Item[]> {
  const all: Item[] = [];
  for (let page = 1; ; page++) {
    const { items, pages } = await read(page);
    all.push(...items);
    if (page >= pages) return all;
    progress(`${all.length} so far…`);
  }
}

/** The failure for an error answer, in the form of either API. */
export function refused(error: unknown, { status, headers }: Response): Failed {
  const body = isObject(error) ? error : {};
  const inner = isObject(body.error) ? body.error : body;
  const message = typeof body.error === "string" ? body.error : inner.message;
  const sentence = typeof message === "string" ? plain(message) : `the API answered ${status}`;
  const details = Array.isArray(inner.details) ? inner.details.filter(isObject) : [];
  const lines = details.map(({ field, message }) => `\n  ${plain(String(field))} ${plain(String(message))}`);
  const request = headers.get("x-request-id");
  return new Failed(sentence + lines.join(""), {
    hint: hintFor(status, sentence, inner.code),
    facts: { error: sentence, code: inner.code, status, request_id: request, ...(details.length > 0 && { details }) },
  });
}

function hintFor(status: number, sentence: string, code: unknown): string | undefined {
  if (status === 401) return "sign in with rescdn login, or set RESCDN_KEY (RESOLVEDB_KEY for records)";
  if (status === 403) return "rescdn whoami shows what your key may do";
  if (code === "no_signing_key") return "rescdn signing-keys create <zone>";
  if (status === 404 && /zone/.test(sentence)) return "rescdn zones ls shows your zones";
  if (status === 412) return "it has changed in the meantime: look at it again, then repeat the command";
  if (status === 429) return "wait a minute, then repeat the command";
  if (status >= 500) return "try again; if it keeps failing, tell whoever runs the network the request's id";
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
