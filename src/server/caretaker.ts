import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";

/** Calls the Worker `edge/caretaker.ts` in a running process. */
export interface Caretaker {
  /** Runs the process's Worker for a schedule. */
  scheduled(cron: string): Promise<void>;
  /** Runs statements in one transaction, and returns the rows of each. */
  batch(statements: readonly Statement[]): Promise<Record<string, unknown>[][]>;
}

/** An SQL statement with its values. */
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
 * Arranges for `then` to be called once the process accepts no more connections, which shows because workerd closes idle ones
 * when it is told to end. Resolves when that can be noticed, or when the process does not answer.
 */
export function whenItStopsAccepting(socketPath: string, then: () => void): Promise<void> {
  const idle = connect(socketPath);
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, NOTICED_MS);
    // An answer shows that this connection was accepted.
    idle.write("GET / HTTP/1.1\r\nHost: caretaker\r\n\r\n");
    idle.on("data", () => resolve());
    idle.on("error", () => resolve());
    idle.on("close", () => {
      clearTimeout(timer);
      then();
    });
  });
}

/** A process that hangs is told to end anyway after this, ms. */
const NOTICED_MS = 500;
