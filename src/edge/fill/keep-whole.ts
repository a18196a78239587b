import { reportStoreFailure } from "../cache/report.ts";
import type { StoredResponse } from "../cache/stored-response.ts";
import type { Leader } from "./coalescing.ts";
import type { Exchange } from "./exchange.ts";
import { etagOf, needsEtag } from "./own-etag.ts";
import type { Transfer } from "./transfer.ts";

/** A response that is kept. */
export interface Kept {
  stored: StoredResponse;
  leader: Leader;
  /** What it replaces in the store. */
  replaced: StoredResponse | null;
}

/** A response that is kept, and a transfer of its body. */
export type KeptTransfer = Transfer & Pick<Kept, "stored">;

/** Keeps a body that is here, and gives it to the client and to all who wait for it before the store has it. */
export async function keepWhole(exchange: Exchange, body: Blob, kept: Kept): Promise<KeptTransfer> {
  const stored = await asWhole(kept.stored, body);
  const coded = new Map<"br" | "gzip", Blob>();
  const isShared = share(exchange, stored, body, coded, kept.leader);
  const done = (isShared ? store(exchange, stored, body, kept) : exchange.store.remove(exchange.target.key)).catch(
    reportStoreFailure(exchange.target.key),
  );
  return { stored, source: { kind: "memory", body, coded, hot: null }, done, over: Promise.resolve() };
}

/** The response with what its body says of it. */
async function asWhole(stored: StoredResponse, body: Blob): Promise<StoredResponse> {
  const computedEtag = needsEtag(stored)
    ? etagOf(new Uint8Array(await crypto.subtle.digest("SHA-256", await body.arrayBuffer())))
    : null;
  return { ...stored, size: body.size, computedEtag };
}

/** Gives it to those who wait and to memory, unless the resource has changed since it was asked for: then it is not kept. */
function share(
  { target, memory }: Exchange,
  stored: StoredResponse,
  body: Blob,
  coded: Map<"br" | "gzip", Blob>,
  leader: Leader,
): boolean {
  if (leader.isOutdated) {
    leader.settle({ kind: "unshared" });
    return false;
  }
  if (memory?.admits(target.key, stored)) memory.put(target.key, stored, body, coded);
  else memory?.delete(target.key);
  leader.settle({ kind: "whole", stored, body, coded });
  return true;
}

async function store(
  { store, target }: Exchange,
  stored: StoredResponse,
  body: Blob,
  { leader, replaced }: Kept,
): Promise<void> {
  await store.write(target.key, stored, body);
  if (replaced !== null) await store.removeBody(target.key, replaced.bodyId);
  // The resource changed while this was being written.
  if (leader.isOutdated) await store.remove(target.key);
}
