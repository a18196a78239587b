import { callCloudflare } from "../../cloudflare-call.ts";
import type { CloudflareApi } from "../../settings.ts";

/** Cloudflare's answer to a purge. */
export type CloudflareAnswer =
  | { kind: "purged" }
  | { kind: "limited"; retryAfterMs: number }
  | { kind: "failed"; reason: string };

/** The most tags in one call (developers.cloudflare.com/cache/how-to/purge-cache, "Max operations per request"). */
export const MAX_TAGS = 100;

/**
 * Purges Cloudflare's cache by tag: `POST /zones/{zone_id}/purge_cache` with `{"tags": […]}`, at most {@link MAX_TAGS}. It
 * needs the permission Cache Purge, and never throws.
 */
export async function purgeTags(
  api: CloudflareApi,
  tags: readonly string[],
  timeoutMs?: number,
): Promise<CloudflareAnswer> {
  const reply = await callCloudflare(api, "POST", "/purge_cache", { tags }, timeoutMs);
  switch (reply.kind) {
    case "done":
      return { kind: "purged" };
    case "limited":
      return reply;
    case "refused":
    case "failed":
      return { kind: "failed", reason: reply.reason };
    default:
      return reply satisfies never;
  }
}
