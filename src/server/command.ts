/** How a long-running command reads the environment at its start, and ends on a signal. */

import { isIP } from "node:net";
import { refusalOfAdminToken } from "../accounts/admin-token.ts";
import { isProxy } from "../accounts/client-address.ts";
import { LEVELS } from "../log/events.ts";
import { NO_KEYRING, readKeyring } from "../secrets/keyring.ts";
import { LOG_FORMATS, logAs } from "./log/print.ts";

/** The port in `PORT`; anything but a port number ends the command with one line. */
export function portFromEnvironment(fallback: number): number {
  const text = process.env.PORT || String(fallback);
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  return fail(`PORT is not a port number: ${text}`);
}

/** The address or name in `HOST` to listen on; an IPv6 address may be in brackets. */
export function hostFromEnvironment(fallback: string): string {
  const text = process.env.HOST || fallback;
  const host = /^\[(.+)\]$/.exec(text)?.[1] ?? text;
  // A name whose last label is a number would be read as an address: `0` as 0.0.0.0.
  if (isIP(host) !== 0 || (/^[A-Za-z0-9.-]+$/.test(host) && /[A-Za-z]/.test(host.split(".").at(-1)!))) return host;
  return fail(`HOST is neither an address nor a name: ${text}`);
}

/** How many processes `WORKERS` asks for, 1 to 64; anything else ends the command with one line. */
export function workersFromEnvironment(): number {
  const text = process.env.WORKERS || "1";
  const workers = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (workers >= 1 && workers <= 64) return workers;
  return fail(`WORKERS is not a whole number from 1 to 64: ${text}`);
}

/** Ends the command with one line if a secret could be guessed. */
export function refuseWeakSecret(
  name: "ADMIN_TOKEN" | "DNS_BRIDGE_SECRET" | "SIGN_IN_SECRET",
  secret: string | undefined,
): void {
  const refusal = secret ? refusalOfAdminToken(secret) : null;
  if (refusal !== null) fail(`${name} ${refusal}`);
}

/** Ends the command with one line, which does not show the text, if it is not a keyring. */
export function refuseBrokenKeyring(text: string): void {
  if (readKeyring(text) === null) fail(`SECRETS_KEY ${NO_KEYRING}`);
}

/** The addresses that a variable lists; anything that is neither an address nor a CIDR ends the command with one line. */
export function addressesFromEnvironment(name: "TRUSTED_PROXIES" | "DNS_RESOLVERS"): string {
  const text = process.env[name] ?? "";
  const wrong = text.split(/[\s,]+/).find((address) => address !== "" && !isProxy(address));
  if (wrong !== undefined) fail(`${name} has something that is neither an address nor a CIDR: ${wrong}`);
  return text;
}

/** How many bytes of disk the cache gets by `CACHE_BYTES`; anything but a whole number of at least 1 MiB ends the command. */
export function cacheBytesFromEnvironment(): number {
  const text = process.env.CACHE_BYTES || String(4 * 1024 ** 3);
  const bytes = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (bytes >= 1_048_576) return bytes;
  return fail(`CACHE_BYTES is not a whole number of bytes, 1048576 or more: ${text}`);
}

/** The command's own output, on stdout. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Makes the process log as `LOG_FORMAT` and `LOG_LEVEL` say; any other word than theirs ends the command. */
export function logAsEnvironmentSays(): void {
  const { LOG_FORMAT, LOG_LEVEL } = process.env;
  const format = LOG_FORMATS.find((name) => name === LOG_FORMAT);
  if (LOG_FORMAT && format === undefined) fail(`LOG_FORMAT is neither json nor text: ${LOG_FORMAT}`);
  const level = LEVELS.find((name) => name === LOG_LEVEL);
  if (LOG_LEVEL && level === undefined) fail(`LOG_LEVEL is not info, warn or error: ${LOG_LEVEL}`);
  logAs({ ...(format && { format }), ...(level && { level }) });
}

/** One line on stderr, and exit code 1. */
export function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Keeps the command running when nobody reads its output any more: its terminal was closed, or its log's reader is gone. */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}

/**
 * Ends the command with exit code 0 after `stop` on SIGTERM, SIGINT or SIGHUP, however many of them come. Replaces earlier
 * handlers. Without `stop` it ends at once.
 */
export function onEndSignal(stop: () => Promise<void> = async () => {}): void {
  let isStopping = false;
  const end = () => {
    if (isStopping) return;
    isStopping = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => fail(String(error)),
    );
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.removeAllListeners(signal);
    process.on(signal, end);
  }
}
