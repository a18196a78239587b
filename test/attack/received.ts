/** An answer as a client has it in the end. */
export interface Received {
  /** 0: there was none. */
  status: number;
  headers: Headers;
  /** Without its content coding; null: it broke off. */
  body: string | null;
}

/** What two caches may rightly say differently of one answer: when it came, from where, and what is known of its body by then. */
const OF_THE_CACHE = ["age", "date", "cache-status", "x-cache", "content-length", "accept-ranges", "set-cookie"];

export async function received(asked: Promise<Response>): Promise<Received> {
  let response: Response;
  try {
    response = await asked;
  } catch {
    return { status: 0, headers: new Headers(), body: null };
  }
  const { status, headers } = response;
  try {
    return { status, headers, body: await bodyOf(response) };
  } catch {
    return { status, headers, body: null };
  }
}

/** All that a client can tell one answer from another by, beyond what the cache says of itself. */
export function essence({ status, headers, body }: Received): string {
  const fields = [...headers]
    .filter(([name]) => !OF_THE_CACHE.includes(name))
    .map(([name, value]) => `${name}: ${value}`);
  return [`${status}`, ...fields.sort(), "", body ?? "(broken off)"].join("\n");
}

/** Without gzip, the only coding that the plain client takes. */
async function bodyOf({ body, headers }: Response): Promise<string> {
  if (body === null) return "";
  const isCoded = headers.get("content-encoding") === "gzip";
  const bytes = await new Response(isCoded ? body.pipeThrough(new DecompressionStream("gzip")) : body).arrayBuffer();
  return new TextDecoder().decode(bytes);
}
