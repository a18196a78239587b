/** The least that a Worker can do with a cache: one `match`, and what it finds is handed on as it is. */

interface Env {
  ORIGIN: string;
}

/** workerd's: beside the caches by name it has one for all. */
declare const caches: { default: Cache };

export default {
  async fetch(request: Request, { ORIGIN }: Env, context: { waitUntil(work: Promise<unknown>): void }) {
    const found = await caches.default.match(request);
    if (found !== undefined) return found;
    const { pathname, search } = new URL(request.url);
    const response = await fetch(ORIGIN + pathname + search);
    context.waitUntil(caches.default.put(request, response.clone()));
    return response;
  },
};
