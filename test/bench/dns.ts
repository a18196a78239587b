import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { encode } from "dns-packet";
import { headerPairs } from "./check.ts";
import type { Server } from "./contender.ts";
import { measure, type Round } from "./measure.ts";
import type { Options } from "./options.ts";
import { startOrigin } from "./origin.ts";
import { request } from "./request.ts";
import { createRecord, startServe } from "./serve.ts";
import { startWorker, workerSource } from "./worker-process.ts";
import { type Pattern, SATURATION } from "./wrk.ts";

const HOST = "dns.resolvedb.localhost";
const KEY = "config.bench.v1";
const MESSAGE_TYPE = "application/dns-message";

/** Rows: each name maps to the constant answer that it is compared with. */
export const DNS_ROWS = {
  "ResolveDB, hot GET": "workerd, constant answer to GET",
  "ResolveDB, hot POST": "workerd, constant answer to POST",
} as const;

/** The cost of a hot DoH answer, compared with a constant answer with the same headers and as many octets. */
export async function measureDns({ rounds, seconds }: Options, folder: string): Promise<Round[]> {
  const query = encode({
    type: "query",
    id: 0,
    flags: 0x0100,
    questions: [{ type: "TXT", name: `get.${KEY}.resolvedb.net` }],
  });
  const path = `/dns-query?dns=${query.toString("base64url")}`;
  const post: Pattern = { kind: "post", body: query.toString("hex"), type: MESSAGE_TYPE };
  const stateDir = join(folder, "dns");
  mkdirSync(stateDir);
  const origin = await startOrigin(); // nobody asks it
  const servers: Server[] = [];
  try {
    const serve = await startServe(stateDir);
    servers.push(serve);
    await createRecord(serve.port, KEY, '{"database":"postgres"}');
    const answer = await request(serve.port, HOST, path);
    if (answer.status !== 200 || !answer.body.includes("postgres")) throw new Error(`${path} answers ${answer.status}`);
    const headers = headerPairs(answer).filter(([field]) => !/^(content-length|transfer-encoding)$/i.test(field));
    const vars = { SIZE: answer.body.length, FORM: "bytes", HEADERS: headers };
    const constant = await startWorker({
      script: workerSource("constant"),
      folder: join(folder, "dns-constant"),
      vars,
    });
    servers.push(constant);

    const get: Pattern = { kind: "same" };
    const turns = [
      ["ResolveDB, hot GET", serve, get],
      [DNS_ROWS["ResolveDB, hot GET"], constant, get],
      ["ResolveDB, hot POST", serve, post],
      [DNS_ROWS["ResolveDB, hot POST"], constant, post],
    ] as const;
    const asset = { name: "DNS", size: answer.body.length, path };
    const take = async (length: number) => {
      const taken: Round[] = [];
      for (const [name, server, pattern] of turns) {
        const load = { pattern, pace: SATURATION, seconds: length, asked: { host: HOST } };
        taken.push(await measure(name, server, { asset, origin }, load));
      }
      return taken;
    };
    await take(1); // until the JIT has compiled the code
    const all: Round[] = [];
    for (let round = 1; round <= rounds; round++) {
      console.error(`DNS: round ${round} of ${rounds}`);
      all.push(...(await take(seconds)));
    }
    return all;
  } finally {
    for (const server of servers) await server.stop();
    origin.stop();
  }
}
