import { BoundedMap } from "../memo/bounded-map.ts";

/** What kind of program sent a request. */
export type UserAgentClass = "desktop" | "mobile" | "bot" | "tool" | "other" | "none";

const REMEMBERED = 512;
const LONGEST = 512;
const known = new BoundedMap<string, UserAgentClass>({ entries: REMEMBERED }, "everything");

const BOT = /bot\b|bot[/;_ -]|crawl|spider|slurp|facebookexternalhit|preview|monitor|uptime|pingdom|lighthouse/i;
const TOOL =
  /^(?:curl|wget|python|go-http|okhttp|node|undici|axios|java|ruby|php|perl|postman|insomnia|httpie|libwww|got|deno|bun)\b/i;
const MOBILE = /\bmobi|android|iphone|ipad|ipod/i;
const DESKTOP = /^(?:mozilla|opera)\//i;

/** The class of a `User-Agent`. Few values make up most requests, so they are remembered. */
export function userAgentClass(name: string | null): UserAgentClass {
  if (name === null || name === "") return "none";
  const remembered = known.get(name);
  if (remembered !== undefined) return remembered;
  const found = classOf(name.slice(0, LONGEST));
  if (name.length <= LONGEST) known.set(name, found);
  return found;
}

function classOf(name: string): UserAgentClass {
  if (BOT.test(name)) return "bot";
  if (TOOL.test(name)) return "tool";
  if (MOBILE.test(name)) return "mobile";
  return DESKTOP.test(name) ? "desktop" : "other";
}
