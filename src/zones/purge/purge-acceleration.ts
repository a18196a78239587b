import { log } from "../../log/log.ts";
import { tagsOfPurge } from "./cache-tags.ts";
import type { PurgeAccelerator } from "./purge-accelerator.ts";
import type { PurgeOrder } from "./purges.ts";

/** Also makes a purge by tag, if that is possible. Never rejects: the purge holds without it. */
export async function accelerate(
  accelerators: DurableObjectNamespace<PurgeAccelerator>,
  { zone, soft, targets }: PurgeOrder,
): Promise<void> {
  // What is purged softly may still be served stale.
  const tags = soft ? [] : tagsOfPurge(zone, targets);
  if (tags.length === 0) return;
  try {
    await accelerators.getByName("network").enqueue(tags);
  } catch (error) {
    log("purge_accelerator_unreachable", { error });
  }
}
