import type { AccountPublisher } from "./accounts/account-publisher.ts";
import type { RateLimiter } from "./accounts/rate-limiter.ts";
import type { ChangeFeed } from "./documents/change-feed.ts";
import type { BucketBindings } from "./files/buckets.ts";
import type { HostPublisher } from "./hostnames/host-publisher.ts";
import type { MailBindings } from "./people/mail.ts";
import type { Prefetcher } from "./prefetch/prefetcher.ts";
import type { RateLimitBindings } from "./records/rate-limit-bindings.ts";
import type { RecordPublisher } from "./records/record-publisher.ts";
import type { WebhookDispatcher } from "./records/webhooks/dispatcher.ts";
import type { LogOutbox } from "./request-log/delivery/log-outbox.ts";
import type { ZoneTail } from "./request-log/tail/zone-tail.ts";
import type { Variables } from "./settings.ts";
import type { LocationMeter } from "./usage/location-meter.ts";
import type { UsageMeter } from "./usage/meter.ts";
import type { ZonePublisher } from "./zones/publisher.ts";
import type { PurgeAccelerator } from "./zones/purge/purge-accelerator.ts";

/** The bindings and variables of `wrangler.toml`. A Durable Object names the few that it needs; this has all of them. */
export interface Env extends Variables, RateLimitBindings, ClientRateBindings, MailBindings, BucketBindings {
  DB: D1Database;
  ZONES: KVNamespace;
  CHANGE_FEED: DurableObjectNamespace<ChangeFeed>;
  ACCOUNT_PUBLISHER: DurableObjectNamespace<AccountPublisher>;
  ZONE_PUBLISHER: DurableObjectNamespace<ZonePublisher>;
  HOST_PUBLISHER: DurableObjectNamespace<HostPublisher>;
  RECORD_PUBLISHER: DurableObjectNamespace<RecordPublisher>;
  WEBHOOK_DISPATCHER: DurableObjectNamespace<WebhookDispatcher>;
  RATE_LIMITER: DurableObjectNamespace<RateLimiter>;
  USAGE_METER: DurableObjectNamespace<UsageMeter>;
  LOCATION_METER: DurableObjectNamespace<LocationMeter>;
  PURGE_ACCELERATOR: DurableObjectNamespace<PurgeAccelerator>;
  ZONE_TAIL: DurableObjectNamespace<ZoneTail>;
  LOG_OUTBOX: DurableObjectNamespace<LogOutbox>;
  PREFETCHER: DurableObjectNamespace<Prefetcher>;
  /** The version of the Worker, on Cloudflare. */
  VERSION?: WorkerVersionMetadata;
  /** Asks the server on one machine, which this is a part of, about its processes. */
  PROCESSES?: Fetcher;
  /** Asks each of its edge processes, if there are several. */
  EDGE_FIGURES?: Fetcher;
  /** A folder on the disk of the state, for a server on one machine. */
  STATE_DISK?: Fetcher;
}

/** Cloudflare's Rate Limiting, if bound: how much a client of a zone may ask a location for within ten seconds, in steps. */
export interface ClientRateBindings {
  CLIENT_RATE_50?: RateLimit;
  CLIENT_RATE_200?: RateLimit;
  CLIENT_RATE_1000?: RateLimit;
}
