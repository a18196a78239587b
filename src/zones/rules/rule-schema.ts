import { z } from "@hono/zod-openapi";
import { type HeaderUse, isHeaderValue, refusalOfHeaderName } from "../header-rules.ts";
import {
  type Actions,
  DENY_STATUSES,
  type EdgeRule,
  listOf,
  REDIRECT_STATUSES,
  RULE_BOUNDS,
  type ValueTest,
  type When,
} from "./edge-rule.ts";

type Context = z.core.$RefinementCtx<unknown>;

const VISIBLE = /^[^\u0000-\u001f\u007f]*$/;

const glob = z
  .string()
  .min(1)
  .max(RULE_BOUNDS.glob)
  .regex(VISIBLE, "must have no control characters")
  .describe("`*` stands for any run of characters.");

/** One, or a list of which any may match. */
const oneOrMore = <Schema extends z.ZodType>(one: Schema, what: string) =>
  z.union([one, z.array(one).min(1).max(RULE_BOUNDS.list)], { error: `must be ${what}, or a list of 1 to 100` });

const oneOf = (statuses: readonly number[]) =>
  z.union(
    statuses.map((status) => z.literal(status)),
    { error: `must be ${statuses.slice(0, -1).join(", ")} or ${statuses.at(-1)}` },
  );

const pathGlob = glob
  .regex(/^[/*]/, "must begin with / or *")
  .regex(/^[^?#]*$/, "must be the path alone, without ? and #: for the query there is `query`")
  .refine((text) => !/(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i.test(text), "must have no dot segments: paths never have any");

const extension = z.string().regex(/^[a-z0-9_-]{1,16}$/, "must be an extension in lower case, without the dot");

const country = z
  .string()
  .toUpperCase()
  // It also matches lower case, so this is not a pattern in the API's document.
  .refine(
    (code) => /^(?:[A-Z]{2}|T1)$/.test(code),
    "must be a country's two letters (ISO 3166), or T1 for the Tor network",
  );

const method = z.string().regex(/^[A-Z]{1,20}$/, "must be a method in capital letters");

const host = glob.regex(/^[a-z0-9.*-]+$/i, "must be a hostname, without scheme, port and path");

const valueTest: z.ZodType<ValueTest, unknown> = z.union(
  [
    z.boolean(),
    glob,
    z.array(glob).min(1).max(RULE_BOUNDS.list),
    z.strictObject({ equals: z.string().max(RULE_BOUNDS.glob) }).openapi("EqualText"),
  ],
  {
    error:
      'must be true (it is there), false (it is not), a text in which * is any run of characters, a list of these, or {"equals": a text}',
  },
);

const parameterTests = z.record(z.string().min(1).max(100), valueTest);

const fieldTests = z.record(z.string().toLowerCase(), valueTest).superRefine((tests, context) => {
  for (const name of Object.keys(tests)) refuseHeader(context, name, "condition");
});

/** Conditions can be nested only as deep as this is built. */
const whenSchema = (depth: number): z.ZodType<When, unknown> => {
  const inner =
    depth === 0
      ? null
      : z
          .array(whenSchema(depth - 1))
          .min(1)
          .max(RULE_BOUNDS.list);
  const schema = z.strictObject(
    {
      path: oneOrMore(pathGlob, "a path such as /old/*").optional(),
      extension: oneOrMore(extension, "an extension").optional(),
      query: parameterTests.optional().describe("By parameter."),
      header: fieldTests.optional().describe("By request field; case does not matter in values."),
      country: oneOrMore(country, "a country").optional().describe("An unknown country matches none."),
      method: oneOrMore(method, "a method").optional(),
      scheme: z.enum(["http", "https"]).optional(),
      host: oneOrMore(host, "a hostname").optional(),
      ...(inner !== null && { all: inner.optional(), any: inner.optional(), none: inner.optional() }),
    },
    {
      error: ({ code, keys }: { code?: string; keys?: string[] }) =>
        depth === 0 && code === "unrecognized_keys" && keys?.some((key) => ["all", "any", "none"].includes(key))
          ? `may be nested at most ${RULE_BOUNDS.depth} deep in other conditions`
          : undefined,
    },
  );
  const levels = RULE_BOUNDS.depth - depth;
  return schema.openapi(levels === 0 ? "RuleCondition" : `RuleConditionOfLevel${levels}`) as unknown as z.ZodType<
    When,
    unknown
  >;
};

const redirectTarget = z
  .string()
  .max(1_000)
  .superRefine((to, context) => {
    const problem = problemOfTarget(to);
    if (problem !== null) context.addIssue({ code: "custom", message: problem });
  });

/** Captures of the path must come after the host. Otherwise a path could say where clients go. */
function problemOfTarget(to: string): string | null {
  if (!/^[\x21-\x7e]+$/.test(to)) return "must be visible ASCII without spaces: percent-encode the rest";
  if (/[\\<>"^`{|}]/.test(to)) return 'must be a URL: percent-encode \\ < > " ^ ` { | }';
  if (/\$0/.test(to)) return "has $0, but the first star of the path is $1";
  if (to.startsWith("/")) return to.startsWith("//") ? "must not begin with //, which would be another host" : null;
  const [, authority] = /^https?:\/\/([^/?#]*)/i.exec(to) ?? [];
  if (authority === undefined) return "must begin with /, https:// or http://";
  if (authority.includes("$")) return "must have its host in full: $1 can only come after it";
  if (authority.includes("@")) return "must have no user name or password";
  return authority === "" || URL.parse(to) === null ? "must be a URL" : null;
}

const changes = (use: HeaderUse) =>
  z.record(z.string().toLowerCase(), z.string().max(1_024).nullable()).superRefine((fields, context) => {
    if (Object.keys(fields).length > 50) context.addIssue({ code: "custom", message: "must have at most 50 names" });
    for (const [name, value] of Object.entries(fields)) {
      refuseHeader(context, name, use);
      if (typeof value === "string" && !isHeaderValue(value))
        context.addIssue({ code: "custom", path: [name], message: "must be visible ASCII without line ends" });
    }
  });

const fileName = z
  .string()
  .min(1)
  .max(200)
  .regex(VISIBLE, "must have no control characters")
  .regex(/^[^/\\"]*$/, "must be a file's name, without / \\ and \"");

/** @param query the schema of the zone's setting of that name */
const actionsSchema = (query: z.ZodType, edgeSeconds: z.ZodType, ttlSeconds: z.ZodType) =>
  z
    .strictObject({
      redirect: z
        .strictObject({
          to: redirectTarget.describe("A path, or a URL; `$1` to `$9` stand for what the path's stars match."),
          status: oneOf(REDIRECT_STATUSES).optional().describe("Left out: 302."),
          query: z
            .enum(["keep", "drop"])
            .optional()
            .describe("What happens to the client's query. Left out: it is kept."),
        })
        .openapi("RuleRedirect")
        .optional(),
      deny: z
        .strictObject({
          status: oneOf(DENY_STATUSES).optional().describe("Left out: 403."),
          text: z.string().min(1).max(200).regex(VISIBLE, "must have no control characters").optional(),
        })
        .openapi("RuleDenial")
        .optional(),
      edge_ttl: edgeSeconds
        .optional()
        .describe("Seconds at the edge; this overrides everything except `private` and `no-store`."),
      browser_ttl: ttlSeconds.optional().describe("Seconds that clients are told."),
      cache: z.literal("bypass").optional().describe("Nothing is looked up, and nothing is stored."),
      query: query.optional(),
      request_headers: changes("origin_headers")
        .optional()
        .describe("Set on requests to the origin; null removes a field."),
      response_headers: changes("response_headers").optional().describe("Set on answers; null removes a field."),
      origin: z.string().optional().describe("Another origin, without the zone's origin_headers and fallback."),
      signature: z.enum(["required", "none"]).optional(),
      download: z
        .union([z.boolean(), fileName])
        .optional()
        .describe("Browsers save the file: under its own name, or under this one."),
    })
    .superRefine((actions, context) => {
      const refuse = (message: string, path: string[] = []) => context.addIssue({ code: "custom", path, message });
      if (Object.values(actions).every((action) => action === undefined)) refuse("must have an action");
      if (actions.redirect !== undefined && actions.deny !== undefined)
        refuse("cannot be combined with redirect", ["deny"]);
    })
    .openapi("RuleActions");

const MOST_STARS = 9;

/** One of a zone's edge rules, see {@link EdgeRule}. */
const ruleSchema = (...schemas: Parameters<typeof actionsSchema>) =>
  z
    .strictObject({
      name: z.string().min(1).max(100).regex(VISIBLE, "must have no control characters").optional(),
      enabled: z.boolean().optional().describe("Left out: yes."),
      when: whenSchema(RULE_BOUNDS.depth)
        .optional()
        .describe("All of it must be true. Left out: every request matches."),
      do: actionsSchema(...schemas),
    })
    .superRefine((rule, context) => {
      const { redirect } = rule.do as Actions;
      const used = Math.max(0, ...[...(redirect?.to ?? "").matchAll(/\$(\d)/g)].map(([, digit]) => Number(digit)));
      const stars = Math.min(MOST_STARS, ...starsOf(rule.when ?? {}), Number.POSITIVE_INFINITY);
      const known = starsOf(rule.when ?? {}).length === 0 ? 0 : stars;
      if (used > known)
        context.addIssue({
          code: "custom",
          path: ["do", "redirect", "to"],
          message: `names $${used}, but ${known === 0 ? "the condition has no path with a *" : `the condition has a path with only ${known === 1 ? "one *" : `${known} stars`}`}`,
        });
    })
    .openapi("EdgeRuleChange");

/** How many stars there are in the path globs from which a redirect may take captures. */
function starsOf({ path, all = [], any = [] }: When): number[] {
  return [...listOf(path).map((text) => text.split("*").length - 1), ...[...all, ...any].flatMap(starsOf)];
}

/** A zone's edge rules. */
export const rulesSchema = (...schemas: Parameters<typeof actionsSchema>) =>
  z
    .array(ruleSchema(...schemas) as unknown as z.ZodType<EdgeRule, unknown>)
    .max(RULE_BOUNDS.rules)
    .superRefine((rules, context) => {
      const globs = rules.reduce((sum, { when = {} }) => sum + globsIn(when), 0);
      if (globs > RULE_BOUNDS.globs)
        context.addIssue({
          code: "custom",
          message: `must have at most ${RULE_BOUNDS.globs} texts to compare in all their conditions`,
        });
    });

function globsIn({ path, query = {}, header = {}, host, all = [], any = [], none = [] }: When): number {
  const values = [...Object.values(query), ...Object.values(header)];
  const ofValues = values.reduce<number>((sum, value) => sum + (Array.isArray(value) ? value.length : 1), 0);
  const inner = [...all, ...any, ...none].reduce((sum, when) => sum + 1 + globsIn(when), 0);
  return listOf(path).length + listOf(host).length + ofValues + inner;
}

function refuseHeader(context: Context, name: string, use: HeaderUse): void {
  const reason = refusalOfHeaderName(name, use);
  if (reason !== null) context.addIssue({ code: "custom", path: [name], message: reason });
}
