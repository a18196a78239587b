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

/**
 * Without gzip, the only coding that the plain client takes. What is said to be coded is so on its way to the client: within the
 * isolate, the platform may still have it as it was.
 */
async function bodyOf(response: Response): Promise<string> {
  const bytes = await response.bytes();
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  if (!isGzip || response.headers.get("content-encoding") !== "gzip") return new TextDecoder().decode(bytes);
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}
