import { assetBody } from "./asset-body.ts";
import { BENCH_HOST } from "./assets.ts";
import { type Contender, pathFor, type Server, type Setting } from "./contender.ts";
import { type Answer, request } from "./request.ts";

/** How often a contender is asked until its cache has taken in the asset. */
const WARMING_REQUESTS = 50;
/** How many answers in a row must come without the origin. */
const STEADY_ANSWERS = 20;

/**
 * Brings a server into the state that its contender claims; throws if its answers are wrong or it does not reach that state.
 */
export async function warmAndCheck(contender: Contender, server: Server, setting: Setting): Promise<void> {
  const body = Buffer.from(assetBody(setting.asset.size));
  const ask = async (path: string): Promise<Answer> => {
    const answer = await request(server.port, BENCH_HOST, path);
    if (answer.status !== 200) throw new Error(`${contender.name} answers ${answer.status}: ${answer.body}`);
    if (!answer.body.equals(body)) throw new Error(`${contender.name} answers with a wrong body`);
    return answer;
  };

  if (contender.state === "miss" || contender.state === "validation") {
    const path = pathFor(contender, setting.asset);
    if (contender.state === "validation") await untilKept(ask, path);
    for (let i = 0; i < STEADY_ANSWERS; i++) {
      const before = setting.origin.requests();
      expectHeaders(contender, await ask(contender.state === "miss" ? `${path}?check=${i}` : path));
      if (setting.origin.requests() !== before + 1) throw new Error(`${contender.name} does not miss`);
    }
    return;
  }
  let steady = 0;
  for (let i = 0; i < WARMING_REQUESTS + STEADY_ANSWERS && steady < STEADY_ANSWERS; i++) {
    const before = setting.origin.requests();
    const answer = await ask(setting.asset.path);
    steady = setting.origin.requests() === before ? steady + 1 : 0;
    if (steady > 0) expectHeaders(contender, answer);
    if (steady > 0) expectOurHeaders(contender, setting, answer);
  }
  if (steady < STEADY_ANSWERS) throw new Error(`${contender.name} does not hit`);
}

/** A response to validate is stored only after its first client has got it. */
async function untilKept(ask: (path: string) => Promise<Answer>, path: string): Promise<void> {
  for (let i = 0; i < WARMING_REQUESTS; i++) if ((await ask(path)).headers["x-cache"] === "REVALIDATED") return;
}

function expectHeaders(contender: Contender, answer: Answer): void {
  for (const [name, value] of Object.entries(contender.expected)) {
    if (answer.headers[name] !== value) throw new Error(`${contender.name}: ${name} is ${answer.headers[name]}`);
  }
}

/** What is compared with ours by its headers has to send them, in any order; a constant answer sends no others. */
function expectOurHeaders(contender: Contender, setting: Setting, answer: Answer): void {
  const isConstant = contender.state === "constant";
  if (!isConstant && !contender.hasOurHeaders) return;
  const names = (headers: readonly (readonly [string, string])[]) => headers.map(([name]) => name.toLowerCase()).sort();
  const [got, wanted] = [names(headerPairs(answer)), names(setting.headers)];
  const hasAll = wanted.every((name) => got.includes(name));
  if (!hasAll || (isConstant && got.join() !== wanted.join()))
    throw new Error(`${contender.name} sends ${got} in the place of ${wanted}`);
}

/** Response headers as pairs of name and value, as received. */
export function headerPairs({ rawHeaders }: Answer): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) pairs.push([rawHeaders[i]!, rawHeaders[i + 1]!]);
  return pairs;
}
