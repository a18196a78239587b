import { expect, it } from "vitest";
import { projectFiles, read } from "./source-files.ts";

/** What is at the bottom of a parser: a search, a split, an expression. */
const TAKES_APART =
  /\.(?:split|replace|replaceAll|indexOf|lastIndexOf|matchAll|charCodeAt|codePointAt)\(|\.match\(\/|(?:\/[a-z]*|[A-Z_]{3,})\.(?:test|exec)\(/;

const OURS = "what it reads is ours, or was checked before";
const ONE_PASS =
  "one expression or one split, and nothing made of it: `regular-expressions.test.ts` looks at the expression";

/** Modules that take text apart and are not timed: why. */
const NOT_TIMED: Readonly<Record<string, string>> = {
  "src/accounts/admin-token.ts": "the operator's settings",
  "src/accounts/answer-once.ts": ONE_PASS,
  "src/accounts/authenticate.ts": OURS,
  "src/accounts/clients.ts": ONE_PASS,
  "src/accounts/key-rows.ts": OURS,
  "src/accounts/operator.ts": ONE_PASS,
  "src/api/guards.ts": ONE_PASS,
  "src/api/origin-health.ts": OURS,
  "src/api/origin-hosts.ts": OURS,
  "src/api/signing.ts": ONE_PASS,
  "src/api/zone-preconditions.ts": ONE_PASS,
  "src/api/tail.ts": ONE_PASS,
  "src/api/tail-routes.ts": ONE_PASS,
  "src/request-log/delivery/deliver-batch.ts": OURS,
  "src/request-log/delivery/put-object.ts": OURS,
  "src/request-log/request-event.ts": ONE_PASS,
  "src/request-log/request-watching.ts": OURS,
  "src/request-log/tail/event-text.ts": OURS,
  "src/zones/log-settings-schema.ts": ONE_PASS,
  "src/zones/cors-schema.ts": ONE_PASS,
  "src/zones/lifetime-schemas.ts": ONE_PASS,
  "src/zones/query-schema.ts": ONE_PASS,
  "src/api/checked-origin.ts": ONE_PASS,
  "src/api/files.ts": ONE_PASS,
  "src/api/prefetch.ts": ONE_PASS,
  "src/edge/origin/ask-bucket.ts": ONE_PASS,
  "src/files/buckets.ts": "names of bindings, and origins that were checked",
  "src/api/why-routes.ts": ONE_PASS,
  "src/edge/why/examine-origin.ts": ONE_PASS,
  "src/edge/why/told.ts": OURS,
  "src/secrets/keyring.ts": "the operator's settings",
  "src/secrets/seal.ts": OURS,
  "src/signed-urls/message.ts": OURS,
  "src/zones/countries.ts": OURS,
  "src/edge/fill/pass.ts": ONE_PASS,
  "src/rest/disk-trouble.ts": OURS,
  "src/api/rule-problems.ts": OURS,
  "src/edge/answer/error-page.ts": "`weighted-list.ts` reads the field",
  "src/zones/rules/host-settings-schema.ts": ONE_PASS,
  "src/dashboard/dashboard.ts": ONE_PASS,
  "src/api/docs/docs.ts": ONE_PASS,
  "src/dashboard/first-loads.ts": ONE_PASS,
  "src/dashboard/page-paths.ts": ONE_PASS,
  "src/dashboard/period.ts": OURS,
  "src/people/sign-in-links.ts": ONE_PASS,
  "src/people/signed-in.ts": ONE_PASS,
  "src/rest/field-problems.ts": OURS,
  "src/zones/takedown-rows.ts": ONE_PASS,
  "src/api/changed-origins.ts": OURS,
  "src/api/changed-settings.ts": OURS,
  "src/zones/origin-schema.ts": ONE_PASS,
  "src/edge/origin/ask-candidate.ts": ONE_PASS,
  "src/edge/origin/bucket-error-code.ts": "the first 16 KiB of an error",
  "src/edge/origin/bucket-signature.ts": OURS,
  "src/edge/origin/candidates.ts": OURS,
  "src/edge/origin/credentials.ts": ONE_PASS,
  "src/edge/origin/byte-reader.ts": "asynchronous: `byte-reader.test.ts` counts what it copies",
  "src/edge/answer/failure.ts": ONE_PASS,
  "src/edge/origin/is-coded-again.ts": ONE_PASS,
  "src/edge/origin/why-failed.ts": OURS,
  "src/edge/origin/origin-request.ts": ONE_PASS,
  "src/edge/cache/report.ts": OURS,
  "src/edge/request/routes.ts": ONE_PASS,
  "src/edge/origin/socket-fetch.ts": "a line of at most 4 KiB, and lines that are ours",
  "src/edge/cache/places.ts": OURS,
  "src/http/ascii-json.ts": OURS,
  "src/edge/tier/envelope.ts": OURS,
  "src/edge/fill/answer-question.ts": ONE_PASS,
  "src/http/request-fields.ts": OURS,
  "src/settings.ts": "the operator's settings",
  "src/variable-values.ts": "the operator's settings",
  "src/records/dns/answer-question.ts": OURS,
  "src/records/dns/asking-client.ts": ONE_PASS,
  "src/records/dns/doh.ts": ONE_PASS,
  "src/records/dns/json.ts": "names of at most 253 characters",
  "src/records/dns/listing.ts": OURS,
  "src/records/dns/own-hosts.ts": "the operator's settings",
  "src/records/dns/write-message.ts": "names of at most 253 characters",
  "src/records/record-table.ts": "names of at most 253 characters",
  "src/records/rest/me.ts": OURS,
  "src/records/rest/record-schema.ts": ONE_PASS,
  "src/usage/location-meter.ts": OURS,
  "src/usage/meter.ts": OURS,
  "src/usage/pace.ts": OURS,
  "src/usage/pop-of.ts": ONE_PASS,
  "src/usage/report.ts": OURS,
  "src/changes.ts": OURS,
  "src/api/metrics.ts": ONE_PASS,
  "src/metrics/families.ts": OURS,
  "src/metrics/open-metrics.ts": OURS,
  "src/cloudflare-call.ts": ONE_PASS,
  "src/hostnames/certificates/judge-certificate.ts": ONE_PASS,
  "src/hostnames/proof/look-up.ts": "a message of at most 64 KiB, which dns-packet takes apart",
};

it("every module that takes text apart is in the table of test/growth, or stands here with its reason", () => {
  const table = read("test/growth/parsers.ts");
  const modules = projectFiles().filter((path) =>
    /^src\/(?!server\/|cli\/|db\/|(?:dashboard|docs)\/page\/).+\.ts$/.test(path),
  );
  const taking = modules.filter((path) => TAKES_APART.test(read(path)));
  expect(taking.length).toBeGreaterThan(40);
  expect(taking.filter((path) => !table.includes(`"${path}":`) && !(path in NOT_TIMED))).toEqual([]);
  expect(Object.keys(NOT_TIMED).filter((path) => !taking.includes(path))).toEqual([]);
});
