import type { z } from "zod";
import { surfaceOf } from "../hosts.ts";
import { checkEndpoint, checkHost, checkOrigin } from "../origin-guard/origin-guard.ts";
import { type OriginPolicy, originPolicy } from "../origin-guard/origin-policy.ts";
import type { RestContext } from "../rest/context.ts";
import { type FieldProblem, fieldProblems, withMore } from "../rest/field-problems.ts";
import { settingsOf } from "../settings.ts";
import { zoneOriginVerdict } from "./checked-origin.ts";
import { Problem } from "./errors.ts";
import { originsOfRules, withRuleNames } from "./rule-problems.ts";

/** The result of validation, and which part of the request was validated. */
export type Validated = { target: string; success: true; data: unknown } | ({ target: string } & Invalid);

/** An input that a schema refuses, as received, and why. */
export interface Invalid {
  success: false;
  data?: unknown;
  error: z.core.$ZodError;
}

/**
 * Refuses a zone's body with everything that is wrong with it at once: what its schema says, and what the operator's policy
 * says about the servers that it names.
 */
export function refuseWrongZone(result: Validated, c: RestContext): undefined {
  const found = result.success ? [] : fieldProblems(result.error);
  const problems = result.target === "json" ? withMore(found, serverProblems(result.data, c)) : found;
  const details = withRuleNames(problems, objectOf(objectOf(result.data).settings));
  if (details.length > 0) throw new Problem("invalid_request", { details });
}

/** @param body as received */
function serverProblems(body: unknown, c: RestContext): FieldProblem[] {
  const policy = originPolicy(settingsOf(c.env));
  const { origin, settings } = objectOf(body);
  const { fallback_origin, origin_host, rules, origins, logs } = objectOf(settings);
  const { type, url, endpoint } = objectOf(objectOf(logs).target);
  const check = (field: string, text: unknown, verdictOn: Check): FieldProblem[] => {
    const verdict = typeof text === "string" ? verdictOn(text, policy) : { ok: true as const };
    return verdict.ok ? [] : [{ field, message: verdict.reason }];
  };
  const isNew = c.req.method === "POST" && typeof body === "object" && !Array.isArray(body);
  const hasOrigin = !isNew || origin !== undefined || (Array.isArray(origins) && origins.length > 0);
  return [
    ...(hasOrigin
      ? check("origin", origin, (text) => zoneOriginVerdict(text, policy, c.env))
      : [{ field: "origin", message: "is required" }]),
    ...check("settings.fallback_origin", fallback_origin, checkOrigin),
    ...(Array.isArray(origins) ? origins : []).flatMap((listed: unknown, index) =>
      check(`settings.origins.${index}.url`, objectOf(listed).url, checkOrigin),
    ),
    ...(type === "https" ? check("settings.logs.target.url", url, checkEndpoint) : []),
    ...(type === "s3" ? check("settings.logs.target.endpoint", endpoint, checkOrigin) : []),
    ...originsOfRules(rules).flatMap(({ field, origin: asked }) => check(field, asked, checkOrigin)),
    // Whether a host below an edge domain is the zone's own can be checked only when the zone is known.
    ...(isBelowEdge(origin_host, c) ? [] : check("settings.origin_host", origin_host, checkHost)),
  ];
}

type Check = (text: string, by: OriginPolicy) => { ok: true } | { ok: false; reason: string };

function isBelowEdge(host: unknown, c: RestContext): boolean {
  const url = typeof host === "string" ? URL.parse(`https://${host}`) : null;
  return url !== null && surfaceOf(url, settingsOf(c.env)).kind === "edge";
}

/** The properties of a value that may be anything. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
