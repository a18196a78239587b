import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Random } from "../../model/random.ts";
import { ADMIN_TOKEN, newAccount } from "../new-account.ts";
import { RecordWriter } from "./record-writer.ts";
import { startKillable } from "./server.ts";
import { UsageReader } from "./usage-reader.ts";
import type { Tally, Writer } from "./writer.ts";
import { ZoneWriter } from "./zone-writer.ts";

/** Each writes zones and, as another client, records. */
const CUSTOMERS = 6;
const NAMES_EACH = 4;
/** Between the first write and the kill, ms; more where a busy machine has not acknowledged a few writes by then. */
const LONGEST_LIFE_MS = 3_000;
const LEAST_WRITES = 15;
const GIVES_UP_MS = 60_000;

/**
 * Kills the whole of `serve` (workerd too) at random moments while clients create, change, purge and delete zones and
 * records, starts it again over the same state, and compares what it holds with what was acknowledged.
 */
export async function survive(kills: number, seed: number): Promise<Tally> {
  const tally: Tally = {
    acknowledged: 0,
    inFlight: { kept: 0, absent: 0 },
    hitsAfterRestart: 0,
    counted: 0,
    wrong: [],
  };
  const stateDir = await mkdtemp(join(tmpdir(), "rescdn-durability-"));
  const origin = await startOrigin();
  const start = () => startKillable({ STATE_DIR: stateDir, ADMIN_TOKEN, ALLOW_PRIVATE_ORIGINS: "true" });
  const random = new Random(seed);
  let server = await start();
  try {
    const reader = new UsageReader((await newAccount(server.port, "enterprise")).live, origin.url, tally);
    const clients: (Writer | UsageReader)[] = [reader];
    for (let i = 0; i < CUSTOMERS; i++) {
      const names = (kind: string) => Array.from({ length: NAMES_EACH }, (_, j) => `${kind}-${i}-${j}`);
      const keys = await newAccount(server.port, "enterprise");
      clients.push(new ZoneWriter(names("zone"), keys.live, origin, tally, random));
      clients.push(new RecordWriter(`app-${i}`, names("record"), keys.resolvedb, tally, random));
    }
    for (let i = 0; i < kills; i++) {
      const before = tally.acknowledged;
      const writing = clients.map((client) => client.write(server.port));
      await delay(100 + random.next() * LONGEST_LIFE_MS);
      const since = Date.now();
      while (tally.acknowledged - before < LEAST_WRITES && Date.now() - since < GIVES_UP_MS) await delay(20);
      for (const client of clients) client.stop();
      await server.kill();
      await Promise.all(writing);
      server = await start();
      await Promise.all(clients.map((client) => client.check(server.port)));
    }
  } finally {
    await server.kill();
    await origin.close();
    await rm(stateDir, { recursive: true, force: true });
  }
  return tally;
}

/** An origin whose answers are numbered. */
async function startOrigin() {
  let answers = 0;
  const server = createServer((_, response) => {
    response.writeHead(200, { "Content-Type": "text/css", "Cache-Control": "max-age=3600" }).end(String(++answers));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers: () => answers,
    close() {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
