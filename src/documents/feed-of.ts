import { exports } from "cloudflare:workers";
import { storeOrigin } from "../hosts.ts";
import { settingsOf, type Variables } from "../settings.ts";
import type { FeedName } from "./change.ts";
import type { ChangeFeed } from "./change-feed.ts";
import { FeedCopy } from "./feed-copy.ts";
import { LocationFeed } from "./location-feed.ts";

/** The part of the environment that tells whether there are feeds of changes. */
export type FollowingEnv = Variables & {
  /** Absent where documents are pushed to their readers. */
  CHANGE_FEED?: DurableObjectNamespace<ChangeFeed>;
};

const copies = new Map<FeedName, FeedCopy>();

/** This isolate's copy of a feed of changes; null: there are no feeds here. */
export function feedOf(name: FeedName, env: FollowingEnv): FeedCopy | null {
  if (env.CHANGE_FEED === undefined) return null;
  let copy = copies.get(name);
  if (copy === undefined) {
    const { Changes } = exports as unknown as { Changes: Fetcher };
    copy = new FeedCopy(new LocationFeed(name, Changes, storeOrigin(settingsOf(env))));
    copies.set(name, copy);
  }
  return copy;
}
