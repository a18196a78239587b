import { z } from "@hono/zod-openapi";

/** An origin whose pages may read answers, or all hosts below a domain. */
export const webOrigin = z.string().refine(isOriginOrAllBelow, {
  error:
    "must be an origin as browsers send it, such as https://www.example.com, or https://*.example.com for all below it",
});

/** The `*` stands for one label or more, and the rest must have a dot: `https://*.com` would be the whole world. */
function isOriginOrAllBelow(text: string): boolean {
  const [, scheme, below] = /^(https?:\/\/)\*\.(.*)$/.exec(text) ?? [];
  if (below === undefined) return !text.includes("*") && URL.parse(text)?.origin === text;
  const url = URL.parse(`${scheme}${below}`);
  return url !== null && url.origin === `${scheme}${below}` && /[a-z]\.[a-z]|^localhost$/.test(url.hostname);
}
