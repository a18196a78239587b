import type { Answer } from "./journal.ts";

/** How long a client waits, in real time: nothing in a scenario takes as long. */
const PATIENCE_MS = 5_000;

/** The answer as the client has it in the end; status 0 where the connection broke before there was one. */
export async function taken(asked: Promise<Response>, leaves: boolean): Promise<Answer> {
  let answer: Answer = { status: 0, headers: new Headers(), body: null, broken: "" };
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("the client lost its patience")), PATIENCE_MS);
  try {
    const response = await Promise.race([asked, late]);
    answer = { status: response.status, headers: response.headers, body: null, broken: null };
    if (leaves) await response.body?.cancel();
    else answer.body = new Uint8Array(await Promise.race([decoded(response).arrayBuffer(), late]));
    return answer;
  } catch (error) {
    return { ...answer, body: new Uint8Array(), broken: String(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** The runtime decodes gzip and Brotli by itself. */
function decoded(response: Response): Response {
  if (response.headers.get("content-encoding") !== "deflate" || response.body === null) return response;
  return new Response(response.body.pipeThrough(new DecompressionStream("deflate")));
}
