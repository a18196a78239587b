/** The Worker's Durable Objects. */
import { loadedObject } from "./loaded-object.ts";

const OF_PUBLISHERS = ["publish", "newest", "alarm"] as const;

export const AccountPublisher = loadedObject(
  () => import("./accounts/account-publisher.ts"),
  "AccountPublisher",
  OF_PUBLISHERS,
);
export const HostPublisher = loadedObject(
  () => import("./hostnames/host-publisher.ts"),
  "HostPublisher",
  OF_PUBLISHERS,
);
export const RecordPublisher = loadedObject(
  () => import("./records/record-publisher.ts"),
  "RecordPublisher",
  OF_PUBLISHERS,
);
export const ZonePublisher = loadedObject(() => import("./zones/publisher.ts"), "ZonePublisher", OF_PUBLISHERS);
export const ChangeFeed = loadedObject(() => import("./documents/change-feed.ts"), "ChangeFeed", [
  "append",
  "head",
  "segment",
]);
export const RateLimiter = loadedObject(() => import("./accounts/rate-limiter.ts"), "RateLimiter", [
  "take",
  "takeFailure",
  "giveBackFailure",
  "alarm",
]);
export const UsageMeter = loadedObject(() => import("./usage/meter.ts"), "UsageMeter", [
  "hear",
  "know",
  "used",
  "reconsider",
  "history",
  "pathHistory",
  "add",
  "alarm",
]);
export const LocationMeter = loadedObject(() => import("./usage/location-meter.ts"), "LocationMeter", [
  "add",
  "know",
  "used",
  "report",
  "topPaths",
  "alarm",
]);
export const ZoneTail = loadedObject(() => import("./request-log/tail/zone-tail.ts"), "ZoneTail", [
  "fetch",
  "take",
  "endAll",
  "alarm",
]);
export const LogOutbox = loadedObject(() => import("./request-log/delivery/log-outbox.ts"), "LogOutbox", [
  "take",
  "retry",
  "state",
  "alarm",
]);
export const Prefetcher = loadedObject(() => import("./prefetch/prefetcher.ts"), "Prefetcher", [
  "order",
  "read",
  "alarm",
]);
export const PurgeAccelerator = loadedObject(() => import("./zones/purge/purge-accelerator.ts"), "PurgeAccelerator", [
  "enqueue",
  "alarm",
]);
export const WebhookDispatcher = loadedObject(() => import("./records/webhooks/dispatcher.ts"), "WebhookDispatcher", [
  "poke",
  "alarm",
]);
