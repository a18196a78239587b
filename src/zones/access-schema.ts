import { z } from "@hono/zod-openapi";
import ipaddr from "ipaddr.js";
import { refusalOfCountry } from "./countries.ts";

/** How many entries one list may have. */
const MOST = 500;

const entries = <Schema extends z.ZodType>(schema: Schema) =>
  z.array(schema).min(1, "must have an entry: null removes the list").max(MOST).nullable().optional();

const lists = <Schema extends z.ZodType>(schema: Schema) => ({
  allow: entries(schema).describe("Only these pass. Left out or null: all."),
  deny: entries(schema).describe("These do not pass, even if they are in `allow`."),
});

/** Whether a request passes that does not say at all. */
const none = z
  .enum(["allow", "deny"])
  .nullable()
  .optional()
  .describe("What happens to a request without one; null: it is allowed.");

const addressOrRange = z.string().superRefine((text, context) => {
  const refusal = refusalOfRange(text);
  if (refusal !== null) context.addIssue({ code: "custom", message: refusal });
});

/** A country's code, converted to capital letters. */
export const country = z
  .string()
  .toUpperCase()
  .superRefine((code, context) => {
    const refusal = refusalOfCountry(code);
    if (refusal !== null) context.addIssue({ code: "custom", message: refusal });
  });

const pageHost = z.string().max(253).toLowerCase().refine(isHostOrAllBelow, {
  error: "must be a host without scheme, port and path, such as www.example.com, or *.example.com for all below it",
});

/** `settings.access`, as PATCH takes it. */
export const accessSchema = z.strictObject({
  addresses: z
    .strictObject(lists(addressOrRange))
    .nullable()
    .optional()
    .describe("Addresses, and ranges as CIDR.")
    .openapi("AddressAccessChange"),
  countries: z
    .strictObject(lists(country))
    .nullable()
    .optional()
    .describe("ISO 3166 codes, such as DE; T1: the Tor network.")
    .openapi("CountryAccessChange"),
  asns: z
    .strictObject(lists(z.int().min(1).max(4_294_967_295)))
    .nullable()
    .optional()
    .describe("Numbers of autonomous systems (networks).")
    .openapi("NetworkAccessChange"),
  referers: z
    .strictObject({ ...lists(pageHost), none })
    .nullable()
    .optional()
    .describe(
      "Hosts of the pages that requests come from; `*.example.com`: all hosts below one. The zone's own host always passes.",
    )
    .openapi("RefererAccessChange"),
  user_agents: z
    .strictObject({ ...lists(z.string().min(1).max(200)), none })
    .nullable()
    .optional()
    .describe("Parts of what clients call themselves; case does not matter.")
    .openapi("UserAgentAccessChange"),
  rate_limit: z
    .strictObject({ requests: z.int().min(1).max(100_000), seconds: z.literal(10).optional() })
    .nullable()
    .optional()
    .describe("How many requests one address may make within ten seconds; for IPv6, one /64.")
    .openapi("RateLimitChange"),
});

/** Why a text does not name addresses, as the predicate of a sentence; null: it does. */
function refusalOfRange(text: string): string | null {
  const [address = "", bits, ...more] = text.split("/");
  const isV4 = ipaddr.IPv4.isValidFourPartDecimal(address);
  const isV6 = !isV4 && ipaddr.IPv6.isValid(address) && !address.includes("%");
  if (!isV4 && !isV6) return "must be an address or a range of them, such as 192.0.2.0/24 or 2001:db8::/32";
  if (isV6 && ipaddr.IPv6.parse(address).isIPv4MappedAddress()) return "must be written as IPv4";
  if (bits === undefined) return null;
  const most = isV4 ? 32 : 128;
  const isLength = more.length === 0 && /^(?:0|[1-9]\d{0,2})$/.test(bits) && Number(bits) <= most;
  return isLength ? null : `must have a whole number from 0 to ${most} after its slash`;
}

/** A `*` stands for one label or more. */
function isHostOrAllBelow(text: string): boolean {
  const host = text.startsWith("*.") ? text.slice(2) : text;
  return !/\*|\.$/.test(host) && URL.parse(`https://${host}`)?.hostname === host;
}
