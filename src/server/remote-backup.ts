import { chmodSync } from "node:fs";
import { say } from "./command.ts";
import { askWrangler, callWrangler, REMOTE } from "./wrangler.ts";

/** Has Cloudflare export the deployment's database, and names the moment that it can be brought back to. */
export async function remoteBackup(file: string): Promise<void> {
  // Before the export, so that it cannot be newer.
  const { bookmark } = await askWrangler<{ bookmark: string }>(
    "d1",
    "time-travel",
    "info",
    "DB",
    "--env",
    "production",
  );
  await callWrangler("d1", "export", "DB", ...REMOTE, "--output", file);
  chmodSync(file, 0o600);
  say(`backup ${file}
The database can be brought back to just before it for 30 days: npx wrangler d1 time-travel restore DB --env production --bookmark=${bookmark}
The usage that the Durable Objects have counted is not in it: they keep it, and no restore of the database touches it.
It holds secrets, such as webhooks' signing secrets and what zones send to their origins: only you can read it, so keep it that way.`);
}
