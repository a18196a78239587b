import { DurableObject } from "cloudflare:workers";
import { expect, it } from "vitest";
import { AccountPublisher } from "../src/accounts/account-publisher.ts";
import { RateLimiter } from "../src/accounts/rate-limiter.ts";
import { ChangeFeed } from "../src/documents/change-feed.ts";
import { HostPublisher } from "../src/hostnames/host-publisher.ts";
import * as objects from "../src/objects.ts";
import { Prefetcher } from "../src/prefetch/prefetcher.ts";
import { RecordPublisher } from "../src/records/record-publisher.ts";
import { WebhookDispatcher } from "../src/records/webhooks/dispatcher.ts";
import { LogOutbox } from "../src/request-log/delivery/log-outbox.ts";
import { ZoneTail } from "../src/request-log/tail/zone-tail.ts";
import { LocationMeter } from "../src/usage/location-meter.ts";
import { UsageMeter } from "../src/usage/meter.ts";
import { ZonePublisher } from "../src/zones/publisher.ts";
import { PurgeAccelerator } from "../src/zones/purge/purge-accelerator.ts";

const CLASSES = {
  AccountPublisher,
  ChangeFeed,
  HostPublisher,
  LocationMeter,
  LogOutbox,
  Prefetcher,
  PurgeAccelerator,
  RateLimiter,
  RecordPublisher,
  UsageMeter,
  WebhookDispatcher,
  ZonePublisher,
  ZoneTail,
};
/** For those that extend the class. */
const ITS_OWN = ["constructor", "edges"];

function methodsOf(prototype: object): string[] {
  const names: string[] = [];
  for (let at = prototype; at !== DurableObject.prototype; at = Object.getPrototypeOf(at) as object)
    names.push(...Object.getOwnPropertyNames(at));
  return [...new Set(names)].filter((name) => !ITS_OWN.includes(name)).sort();
}

const passing = new Map(Object.entries(objects));

it("each Durable Object that is loaded when it is needed passes on all that its class can be called by", () => {
  for (const [name, { prototype }] of Object.entries(CLASSES))
    expect([name, methodsOf(passing.get(name)!.prototype)]).toEqual([name, methodsOf(prototype)]);
  expect([...passing.keys()].sort()).toEqual(Object.keys(CLASSES).sort());
});
