/** The values of variables: each format is parsed in one place. */
import type { Variables } from "./variables.ts";

/** A variable has an invalid value: a sentence that names it. */
export class SettingsError extends Error {}

/** A whole number of bytes. */
export function bytes(env: Variables, name: keyof Variables, byDefault: number): number {
  const text = env[name];
  if (!text) return byDefault;
  if (!/^\d{1,15}$/.test(text)) throw new SettingsError(`${name} is not a whole number of bytes: ${text}`);
  return Number(text);
}

/** The longest time that platforms accept for a timer: a longer one would end at once. */
const LONGEST_MS = 2_147_483_647;

/** A whole number of milliseconds, `least` or more. */
export function milliseconds(env: Variables, name: keyof Variables, byDefault: number, least: number): number {
  const text = env[name];
  if (!text) return byDefault;
  const ms = /^\d{1,10}$/.test(text) ? Number(text) : -1;
  if (ms >= least && ms <= LONGEST_MS) return ms;
  throw new SettingsError(`${name} is not a whole number of milliseconds from ${least} to ${LONGEST_MS}: ${text}`);
}

/** The name of a header, in lower case; null: none is set. */
export function fieldName(env: Variables, name: keyof Variables): string | null {
  const text = env[name]?.trim();
  if (!text) return null;
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(text)) throw new SettingsError(`${name} is not the name of a header: ${text}`);
  return text.toLowerCase();
}

/** `true`, or else `false` or nothing. */
export function isTrue(env: Variables, name: keyof Variables): boolean {
  const text = env[name];
  if (text && text !== "true" && text !== "false")
    throw new SettingsError(`${name} is neither true nor false: ${text}`);
  return text === "true";
}

/** A list that must not be empty. */
export function atLeastOne([first, ...others]: string[], otherwise: string): readonly [string, ...string[]] {
  if (first === undefined) throw new SettingsError(otherwise);
  return [first, ...others];
}

/** Hostnames that are not addresses, which have no names below them, and which no NS record can name. */
export function names(env: Variables, name: keyof Variables): string[] {
  const named = hosts(env, name);
  const address = named.find(isAddress);
  if (address !== undefined) throw new SettingsError(`${name} must have names, but has an address: ${address}`);
  return named;
}

/** Hostnames, without a port or a scheme; also addresses, with IPv6 in brackets. */
export function hosts(env: Variables, name: keyof Variables): string[] {
  const named = words(env[name] ?? "");
  const wrong = named.find((host) => !isAddress(host) && !isHostname(host));
  if (wrong !== undefined) throw new SettingsError(`${name} has something that is not a hostname: ${wrong}`);
  return named;
}

/** URLs read a host whose last label is a number as an address: `8787` as 0.0.34.83. */
function isHostname(host: string): boolean {
  const labels = host.split(".");
  return labels.every(isLabel) && host.length <= 253 && !/^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1)!);
}

function isLabel(label: string): boolean {
  return /^[a-z0-9_-]{1,63}$/.test(label) && !label.startsWith("-") && !label.endsWith("-");
}

function isAddress(host: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$|^\[.*\]$/.test(host) && URL.parse(`http://${host}`)?.hostname === host;
}

/** The items of a list, in lower case, separated by blanks and commas. */
export function words(list: string): string[] {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
}
