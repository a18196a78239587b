import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { changeClaim, removeClaim } from "../../src/hostnames/change-claim.ts";
import { checkClaim } from "../../src/hostnames/check-claim.ts";
import { findClaim } from "../../src/hostnames/claim-rows.ts";
import { insertClaim } from "../../src/hostnames/insert-claim.ts";
import { displaced, judgeClaim } from "../../src/hostnames/judge-claim.ts";
import { settingsOf } from "../../src/settings.ts";
import { newHostname } from "../support/hostnames.ts";
import { FakeResolver } from "../support/resolver.ts";
import { newRow, noAudit } from "../support/zone-rows.ts";

const ROUNDS = Number(env.HOSTNAME_RACES ?? 100);

describe("two accounts that prove one hostname at the same moment", () => {
  it(`are never both served: ${ROUNDS} times, one has it, and the edge is told of that one`, {
    timeout: 120_000,
  }, async () => {
    const zones = [await newRow(), await newRow()];
    const hostname = newHostname();
    for (const { id: zone, account } of zones) {
      const claim = { id: `host_${account}`, account, zone, hostname, limit: 10, leftLimit: 10 };
      expect(await insertClaim(env.DB, claim, noAudit(), 0)).toEqual({ kind: "inserted" });
    }
    const won = [0, 0];
    for (let round = 1; round <= ROUNDS; round++) {
      const claims = await Promise.all(zones.map(({ id }) => findClaim(env.DB, id, hostname)));
      const proven = claims.map((claim) => ({
        claim: claim!,
        verdict: judgeClaim(claim!, { kind: "proven", by: "dns" }, round),
      }));
      if (round % 2 === 0) proven.reverse();
      const written = await Promise.all(proven.map((judged) => changeClaim(env.DB, judged, null, null, round)));
      expect(written.filter(Boolean)).toHaveLength(1);
      const { results } = await env.DB.prepare(
        `SELECT hostnames.zone_id AS claimed, hosts.zone_id AS served FROM hostnames JOIN hosts USING (hostname)
         WHERE hostname = ?1 AND hostnames.state = 'active'`,
      )
        .bind(hostname)
        .all<{ claimed: string; served: string }>();
      expect(results).toHaveLength(1);
      expect(results[0]!.served).toBe(results[0]!.claimed);
      won[zones.findIndex(({ id }) => id === results[0]!.claimed)]!++;
      await env.DB.batch([
        env.DB.prepare("UPDATE hostnames SET state = 'pending', revision = revision + 1 WHERE hostname = ?1").bind(
          hostname,
        ),
      ]);
    }
    expect(won[0]! + won[1]!).toBe(ROUNDS);
    expect(Math.min(...won)).toBeGreaterThan(0);
  });

  it("leave it with one of them when each is checked while the other one is", async () => {
    const resolver = new FakeResolver();
    const settings = settingsOf(env);
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      const answer = await resolver.answer(new Request(input as Request, init as RequestInit), settings.dohResolver);
      return answer ?? new Response(null, { status: 404 });
    });
    const zones = [await newRow(), await newRow()];
    const { ownershipToken, proofName, secretOf } = await import("../../src/hostnames/proof/ownership-token.ts");
    for (let round = 1; round <= 20; round++) {
      const hostname = newHostname();
      const values = await Promise.all(
        zones.map(async ({ account }) => ownershipToken(await secretOf(env.DB, account), hostname)),
      );
      resolver.set(proofName(hostname), ...values.map((data) => ({ type: "TXT" as const, data })));
      for (const { id: zone, account } of zones) {
        const claim = { id: `host_${hostname}_${account}`, account, zone, hostname, limit: 1_000, leftLimit: 10 };
        await insertClaim(env.DB, claim, noAudit(), round);
      }
      const checked = zones.map(async ({ id }) =>
        checkClaim({ db: env.DB, settings, now: round }, (await findClaim(env.DB, id, hostname))!),
      );
      const moved = await Promise.all(checked);
      expect(moved.filter((one) => one !== null)).toHaveLength(1);
      const states = await Promise.all(zones.map(async ({ id }) => (await findClaim(env.DB, id, hostname))!.state));
      expect(states.sort()).toEqual(["active", "pending"]);
    }
    vi.restoreAllMocks();
  });
});

it("a hostname stays with who has it where the claim that it was to go to was given up meanwhile", async () => {
  const [holder, heir] = [await newRow(), await newRow()];
  const hostname = newHostname();
  const read = async ({ id }: { id: string }) => (await findClaim(env.DB, id, hostname))!;
  for (const { id: zone, account } of [holder, heir])
    await insertClaim(
      env.DB,
      { id: `host_${account}`, account, zone, hostname, limit: 10, leftLimit: 10 },
      noAudit(),
      0,
    );
  const proven = async (zone: { id: string }) => {
    const claim = await read(zone);
    return { claim, verdict: judgeClaim(claim, { kind: "proven", by: "dns" }, 1) };
  };
  expect(await changeClaim(env.DB, await proven(holder), null, null, 1)).toBe(true);
  const taking = await proven(heir);
  const giveWay = { claim: await read(holder), verdict: displaced(await read(holder), 2) };
  const by = { account: heir.account, mode: "live", actor: "key_1", address: null, requestId: "req_1" } as const;
  await removeClaim(env.DB, taking.claim, by, 2);
  expect(await changeClaim(env.DB, taking, giveWay, null, 2)).toBe(false);
  expect((await read(holder)).state).toBe("active");
});
