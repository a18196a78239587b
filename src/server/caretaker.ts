import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";

/** Asks the Worker `edge/caretaker.ts` of a running process. */
export interface Caretaker {
  /** Has the process's Worker do what it does on this schedule. */
  scheduled(cron: string): Promise<void>;
  /** Runs statements in one transaction, and gives the rows of each. */
  batch(statements: readonly Statement[]): Promise<Record<string, unknown>[][]>;
}

/** A statement of SQL with its values. */
export interface Statement {
  sql: string;
  values: unknown[];
}

/** @param socket path of the Unix socket that the Worker listens on */
export function caretakerAt(socket: string): Caretaker {
  return {
    async scheduled(cron) {
      const { outcome } = (await ask(socket, "/scheduled", { cron })) as { outcome: string };
      if (outcome !== "ok") throw new Error(`the schedule "${cron}" ended with ${outcome}`);
    },
    batch: async (statements) => (await ask(socket, "/batch", statements)) as Record<string, unknown>[][],
  };
}

function ask(socketPath: string, path: string, body: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = { host: "caretaker", "content-type": "application/json" };
    const outgoing = request({ socketPath, path, method: "POST", headers, agent: false }, (incoming) => {
      text(incoming).then((answer) => {
        if (incoming.statusCode === 200) resolve(JSON.parse(answer));
        else reject(new Error(`${path} of the process answered ${incoming.statusCode}: ${answer}`));
      }, reject);
    });
    outgoing.on("error", reject);
    outgoing.end(JSON.stringify(body));
  });
}

/**
 * Arranges for `then` to be called once the process accepts no more connections: workerd closes those that are idle when it is told
 * to end. Resolves when that will be noticed, or the process does not answer.
 */
export function whenItStopsAccepting(socketPath: string, then: () => void): Promise<void> {
  const idle = connect(socketPath);
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, NOTICED_MS);
    // An answer shows that the connection is one that has been accepted.
    idle.write("GET / HTTP/1.1\r\nHost: caretaker\r\n\r\n");
    idle.on("data", () => resolve());
    idle.on("error", () => resolve());
    idle.on("close", () => {
      clearTimeout(timer);
      then();
    });
  });
}

/** A process that is stuck is told to end all the same after this, ms. */
const NOTICED_MS = 500;
