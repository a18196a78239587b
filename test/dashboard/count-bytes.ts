import type { CDPSession } from "playwright-core";

/** Counts what comes over the wire for a page, without what is cached. */
export async function countBytes(client: CDPSession): Promise<() => number> {
  let sum = 0;
  client.on("Network.loadingFinished", ({ encodedDataLength }) => {
    sum += encodedDataLength;
  });
  await client.send("Network.enable");
  return () => sum;
}
