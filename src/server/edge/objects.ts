/** The product's Durable Objects, as a server on one machine has them. */
import * as product from "../../objects.ts";
import { ProcessPrefetcher } from "./process-prefetcher.ts";
import { reopening } from "./reopening.ts";

export const AccountPublisher = reopening(product.AccountPublisher);
export const ChangeFeed = reopening(product.ChangeFeed);
export const HostPublisher = reopening(product.HostPublisher);
export const LocationMeter = reopening(product.LocationMeter);
export const LogOutbox = reopening(product.LogOutbox);
export const Prefetcher = reopening(ProcessPrefetcher);
export const PurgeAccelerator = reopening(product.PurgeAccelerator);
export const RateLimiter = reopening(product.RateLimiter);
export const RecordPublisher = reopening(product.RecordPublisher);
export const UsageMeter = reopening(product.UsageMeter);
export const WebhookDispatcher = reopening(product.WebhookDispatcher);
export const ZonePublisher = reopening(product.ZonePublisher);
export const ZoneTail = reopening(product.ZoneTail);
