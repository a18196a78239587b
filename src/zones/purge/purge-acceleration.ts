import { log } from "../../log/log.ts";
import { tagsOfPurge } from "./cache-tags.ts";
import type { PurgeAccelerator } from "./purge-accelerator.ts";
import type { PurgeOrder } from "./purges.ts";

/** Has a purge made by tag as well, where it can be. Never rejects: without it the purge holds as it does. */
export async function accelerate(
  accelerators: DurableObjectNamespace<PurgeAccelerator>,
  { zone, soft, targets }: PurgeOrder,
): Promise<void> {
  // What is purged softly is still served while it is stale.
  const tags = soft ? [] : tagsOfPurge(zone, targets);
  if (tags.length === 0) return;
  try {
    await accelerators.getByName("network").enqueue(tags);
  } catch (error) {
    log("purge_accelerator_unreachable", { error });
  }
}
