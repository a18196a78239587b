/** Clients of a server that is about to end: what each of them has got of it. */
import { Agent, request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";

/** What clients were given. */
export interface Load {
  /** Whole answers. */
  answered: number;
  bytes: number;
  /** Answers that had begun, and broke off. */
  cut: number;
  /** Connections that were refused, and those that were reset or closed without an answer. */
  refused: number;
  reset: number;
  /** How long a connection that came to nothing was kept waiting, ms. */
  longestWait: number;
  /** Answers that are none that was asked for. */
  wrong: string[];
}

/** What is asked for, and what has to come. */
export interface Asset {
  path: string;
  body: string;
}

/** Clients with and without connections that are kept, until they are told that it is over. */
export function startLoad(port: number, host: string, quick: Asset, slow: Asset) {
  const load: Load = { answered: 0, bytes: 0, cut: 0, refused: 0, reset: 0, longestWait: 0, wrong: [] };
  let isOver = false;
  const client = async (asset: Asset, agent: Agent | false) => {
    while (!isOver) if (!(await ask(port, host, asset, agent, load))) await wait(PAUSE_MS);
  };
  const kept = new Agent({ keepAlive: true, maxSockets: KEPT });
  const clients = [
    ...Array.from({ length: KEPT }, () => client(quick, kept)),
    ...Array.from({ length: 4 }, () => client(quick, false)),
    ...Array.from({ length: 3 }, () => client(slow, false)),
  ];
  return {
    load,
    async end() {
      isOver = true;
      await Promise.all(clients);
      kept.destroy();
    },
  };
}

const KEPT = 4;
/** Before somebody asks again whom nobody answered, ms. */
const PAUSE_MS = 5;

/** Whether a whole answer came. */
function ask(port: number, host: string, { path, body }: Asset, agent: Agent | false, load: Load): Promise<boolean> {
  const askedAt = performance.now();
  let hasBegun = false;
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => {
      if (hasBegun) load.cut++;
      else {
        load[error.code === "ECONNREFUSED" ? "refused" : "reset"]++;
        load.longestWait = Math.max(load.longestWait, performance.now() - askedAt);
      }
      resolve(false);
    };
    const outgoing = request({ host: "127.0.0.1", port, path, agent, headers: { Host: host } }, (incoming) => {
      hasBegun = true;
      let text = "";
      incoming.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      incoming.on("error", failed);
      incoming.on("end", () => {
        if (incoming.statusCode !== 200 || text !== body)
          load.wrong.push(`${incoming.statusCode} ${text.slice(0, 100)}`);
        load.answered++;
        load.bytes += text.length;
        resolve(true);
      });
    });
    outgoing.on("error", failed);
    outgoing.end();
  });
}
