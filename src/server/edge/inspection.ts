/** How the control process asks an edge process what it would do with a request: the one that the API call came through. */
import type { InspectedCall, Inspector } from "../../why/report.ts";

/** Has the number of the edge process that a call came through. */
export const EDGE_HEADER = "rescdn-edge";

/** Has the URL of a request that an edge process should answer like a client's. */
export const ASKED_URL = "rescdn-asked-url";

/** The edge processes, as bindings: `EDGE_1` is the `Publications` of the first. */
export type EdgeBindings = { readonly [edge: `EDGE_${number}`]: Fetcher };

/** Asks the edge process that a call came through, from the control process. */
export function remoteInspector(env: EdgeBindings): Inspector {
  const ask = async (method: keyof Inspector, question: object, { headers }: Request) => {
    const edge = env[`EDGE_${Number(headers.get(EDGE_HEADER))}`];
    if (edge === undefined) throw new Error("the call has come through no edge process");
    const answer = await edge.fetch(`http://edge/${method}`, { method: "POST", body: JSON.stringify(question) });
    if (!answer.ok) throw new Error(`the edge process answers ${answer.status}`);
    return answer.json();
  };
  return {
    why: (question, { request }) => ask("why", question, request) as ReturnType<Inspector["why"]>,
    checkOrigin: (question, { request }) =>
      ask("checkOrigin", question, request) as ReturnType<Inspector["checkOrigin"]>,
    originHealth: (question, { request }) =>
      ask("originHealth", question, request) as ReturnType<Inspector["originHealth"]>,
  };
}

/** The client's request that a request from the control process stands for; null: it stands for none. */
export function askedRequest(request: Request): Request | null {
  const url = request.headers.get(ASKED_URL);
  if (url === null) return null;
  const asked = new Request(url, request);
  asked.headers.delete(ASKED_URL);
  return asked;
}

/** A method of an inspector, called with its question. */
type Answering = (question: unknown, call: InspectedCall) => Promise<unknown>;

/** Answers the questions of {@link remoteInspector}. */
export async function answerQuestion(request: Request, inspector: Inspector, ctx: ExecutionContext): Promise<Response> {
  const method = new URL(request.url).pathname.slice(1) as keyof Inspector;
  const call = { request, waitUntil: (work: Promise<unknown>) => ctx.waitUntil(work) };
  return Response.json(await (inspector[method] as Answering)(await request.json(), call));
}
