/** The least that a Worker can do with a cache: one `match`, whose result is passed on unchanged. */

interface Env {
  ORIGIN: string;
  /** Stored instead of the origin's headers. */
  HEADERS: [string, string][];
}

/** workerd's: besides the caches by name it has one for all. */
declare const caches: { default: Cache };

export default {
  async fetch(request: Request, { ORIGIN, HEADERS }: Env, context: { waitUntil(work: Promise<unknown>): void }) {
    const found = await caches.default.match(request);
    if (found !== undefined) return found;
    const { pathname, search } = new URL(request.url);
    const { body } = await fetch(ORIGIN + pathname + search);
    const response = new Response(body, { headers: HEADERS });
    context.waitUntil(caches.default.put(request, response.clone()));
    return response;
  },
};
