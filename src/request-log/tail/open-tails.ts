import { BoundedMap } from "../../memo/bounded-map.ts";
import type { ZoneTail } from "./zone-tail.ts";

type Tails = DurableObjectNamespace<ZoneTail>;

const REMEMBERED = 200;

/** Zones that clients of this isolate have listened to, and may still listen to. */
const listened = new BoundedMap<string, Tails>({ entries: REMEMBERED }, "the oldest");

/** Records that a client of this isolate listens to a zone. */
export function noteOpenTail(tails: Tails, zone: string): void {
  listened.set(zone, tails);
}

/** Ends all tails that were opened here. A server that stops would otherwise wait for clients that never leave. */
export async function endOpenTails(): Promise<void> {
  await Promise.allSettled([...listened].map(([zone, tails]) => tails.getByName(zone).endAll("server-stops")));
  listened.clear();
}
