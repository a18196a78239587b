import { exports } from "cloudflare:workers";
import { controlPlane } from "./control-plane.ts";
import { createEntry } from "./entry.ts";
import type { Env } from "./env.ts";
import { settingsOf } from "./settings.ts";
import { type ShieldExports, shieldTier } from "./shield.ts";
import { DRAIN } from "./usage/drain.ts";

export { Changes } from "./changes.ts";
export * from "./objects.ts";
export { Shield } from "./shield.ts";

/** Between the locations and the origins, if Workers Cache is there to share answers among locations. */
const upperTier = (env: Env) => (settingsOf(env).hasUpperTier ? shieldTier(exports as unknown as ShieldExports) : null);

const entry = createEntry<Env>(controlPlane, undefined, upperTier, undefined, undefined, "rescdn-documents");

export default {
  fetch: entry.fetch,

  async scheduled({ cron, scheduledTime }, env) {
    if (cron === DRAIN) return entry.drain();
    const { everyMinute } = await import("./cron.ts");
    await everyMinute(env, scheduledTime);
  },
} satisfies ExportedHandler<Env>;
