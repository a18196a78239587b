import type { Env } from "../env.ts";
import { log } from "../log/log.ts";
import { settingsOf } from "../settings.ts";
import { bringHostToEdge } from "./bring-to-edge.ts";
import { checkClaim } from "./check-claim.ts";
import type { Claim } from "./claim.ts";
import { isAnyDue, takeDueClaims } from "./claim-rows.ts";
import { lookUp } from "./proof/look-up.ts";

/** How many checks one run of the cron makes, how many at a time, and for how long it starts new ones. */
const CHECKS_A_RUN = 500;
const AT_A_TIME = 20;
const RUN_MS = 20_000;

type TendEnv = Pick<Env, "DB" | "ZONES" | "HOST_PUBLISHER" | "ZONE_PUBLISHER"> & Parameters<typeof settingsOf>[0];

/** For the cron: looks for the proofs of claims that are due, unless the resolver does not answer at all. */
export async function tendHostnames(env: TendEnv, now: number): Promise<void> {
  if (!(await isAnyDue(env.DB, now)) || !(await doesResolverAnswer(env))) return;
  const due = await takeDueClaims(env.DB, now, CHECKS_A_RUN);
  const end = performance.now() + RUN_MS;
  const workers = Array.from({ length: AT_A_TIME }, async () => {
    // Claims that are left when the time is over are due again when their lease ends.
    for (let claim = due.pop(); claim !== undefined && performance.now() < end; claim = due.pop()) {
      await tend(env, claim, now);
    }
  });
  await Promise.all(workers);
}

/** Asks one question first: otherwise each claim would wait as long for a resolver that is away. */
async function doesResolverAnswer(env: TendEnv): Promise<boolean> {
  const { dohResolver, edgeDomains } = settingsOf(env);
  const lookup = await lookUp(dohResolver, edgeDomains[0], "A");
  if (lookup.kind === "unknown") log("resolver_away", { reason: lookup.reason });
  return lookup.kind === "answer";
}

async function tend(env: TendEnv, claim: Claim, now: number): Promise<void> {
  try {
    const moved = await checkClaim({ db: env.DB, settings: settingsOf(env), now }, claim);
    if (moved !== null) await bringHostToEdge(env, moved);
  } catch (error) {
    log("hostname_check_failed", { hostname: claim.id, error });
  }
}
