import { gunzipSync } from "node:zlib";
import { log } from "../../log/log.ts";
import { originPolicy } from "../../origin-guard/origin-policy.ts";
import type { Settings } from "../../settings.ts";
import { type AttemptResult, postSigned } from "../../signed-delivery/post-signed.ts";
import { isSecret } from "../../signed-delivery/secret.ts";
import { openedLogSecret } from "./log-secret.ts";
import type { LogDestination } from "./log-target-rows.ts";
import type { LogBatch } from "./outbox-tables.ts";
import { putObject } from "./put-object.ts";

/** Tries to deliver a batch to the destination of a zone's logs. @param now ms since the epoch */
export async function deliverBatch(
  batch: LogBatch,
  zone: string,
  { name, target, sealed }: LogDestination,
  settings: Settings,
  now: number,
): Promise<AttemptResult> {
  if (sealed === null) return notYet("There is no secret yet: set one at logs/secret");
  const secret = openedLogSecret(sealed, zone, settings.keyring);
  if (secret === null) return notYet("The secret cannot be decrypted by this deployment: set it again at logs/secret");
  const policy = originPolicy(settings);
  const coded = new Uint8Array(batch.body);
  const about = { "content-type": "application/x-ndjson", "content-encoding": "gzip" };
  if (target.type === "s3") return putObject(target, secret, keyOf(batch, name, target.prefix), coded, about, policy);
  if (!isSecret(secret)) return notYet("The secret is that of a bucket: set another one at logs/secret");
  const headers = {
    ...about,
    "user-agent": "ResCDN-Logs/1",
    "x-rescdn-zone": name,
    "x-rescdn-lines": String(batch.lines),
  };
  const content = new TextDecoder().decode(gunzipSync(coded));
  const message = { id: batch.id, content, coded, headers };
  return postSigned({ url: target.url, secrets: [secret] }, message, policy, now, (origin, error) =>
    log("log_target_failed", { origin, batch: batch.id, error }),
  );
}

function notYet(reason: string): AttemptResult {
  return { kind: "failed", status: null, reason };
}

/** Always the same key, so that a batch that is put twice is stored once. */
function keyOf({ id, closedAt }: LogBatch, zone: string, prefix = ""): string {
  const time = new Date(closedAt).toISOString();
  const [day = "", rest = ""] = time.split("T");
  return `${prefix}${zone}/${day.replaceAll("-", "/")}/${rest.slice(0, 2)}/${time.replace(/[-:]|\.\d+/g, "")}-${id}.ndjson.gz`;
}
