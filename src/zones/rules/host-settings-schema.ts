import ipaddr from "ipaddr.js";
import { z } from "zod";

const YEAR_SECONDS = 31_536_000;
const flag = z.boolean().nullable().optional();
const seconds = (most: number) => z.int().min(0).max(most);

/** Text that a customer writes and that is shown as it is, without control characters except tabs and line ends. */
const text = (most: number) =>
  z
    .string()
    .max(most)
    .refine(
      (value) => !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(value),
      "must have no control characters",
    );

/** PATCH merges this, so the whole is checked only when it is known, see `hstsProblem`. */
const hsts = z.strictObject({
  max_age: seconds(2 * YEAR_SECONDS).optional(),
  include_subdomains: flag,
  preload: flag,
});

const canonical = z.string().max(300).refine(isOrigin, {
  error: "must be scheme and host alone, such as https://www.example.com",
});

function isOrigin(value: string): boolean {
  const url = URL.parse(value);
  // The text as it will be in a field: parsers accept characters in a host that would end the reference there.
  return url !== null && url.origin === value && /^https?:\/\/[a-z0-9.-]+(?::\d+)?$/.test(value);
}

const PAGE_CHARACTERS = 8_192;
const PAGES = 10;

const errorPages = z.record(z.string(), text(PAGE_CHARACTERS).min(1).nullable()).superRefine((pages, context) => {
  if (Object.keys(pages).length > PAGES)
    context.addIssue({ code: "custom", message: `must have at most ${PAGES} pages` });
  for (const name of Object.keys(pages)) {
    if (!/^(?:[45]\d\d|[45]xx)$/.test(name))
      context.addIssue({
        code: "custom",
        path: [name],
        message: 'must be a status of an error, such as 404, or "4xx" or "5xx"',
      });
  }
});

const address = z
  .string()
  .max(50)
  .refine(
    (value) => ipaddr.isValidCIDR(value) || ipaddr.IPv6.isValid(value) || ipaddr.IPv4.isValidFourPartDecimal(value),
    "must be an address or a range of them, such as 192.0.2.0/24",
  );

const maintenance = z.strictObject({
  retry_after: seconds(86_400).nullable().optional().describe("After how many seconds clients are told to come back."),
  allow: z
    .array(address)
    .max(100)
    .nullable()
    .optional()
    .describe("Addresses and CIDRs of clients that still reach the origin."),
});

/** Settings for how a zone's hosts are asked, and how they answer if nothing else does. */
export const hostSettings = {
  https: z.enum(["off", "redirect"]),
  hsts,
  canonical,
  robotsTxt: text(4_096),
  errorPages,
  maintenance,
};
