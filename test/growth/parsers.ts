import { clientAddress } from "../../src/accounts/client-address.ts";
import { tokenKind } from "../../src/accounts/token.ts";
import { decodeCursor } from "../../src/api/cursor.ts";
import { chooseCoding } from "../../src/edge/answer/coding.ts";
import { corsEntryOf } from "../../src/edge/answer/cors-entry.ts";
import { addEdgeHeaders } from "../../src/edge/answer/edge-headers.ts";
import { addNamingHeaders } from "../../src/edge/answer/naming-headers.ts";
import { clientHeaders, ownCookies } from "../../src/edge/cache/client-headers.ts";
import { isNosniff, kindOf, reconcileType } from "../../src/edge/cache/content-type.ts";
import { freshnessPolicy } from "../../src/edge/cache/freshness-policy.ts";
import { hashesOf, tagHashesOf } from "../../src/edge/cache/origin-fields.ts";
import { isPageByItsHead } from "../../src/edge/cache/page-sniffing.ts";
import type { StoredResponse } from "../../src/edge/cache/stored-response.ts";
import { toStoredResponse } from "../../src/edge/cache/stored-response.ts";
import { languageVariantOf } from "../../src/edge/cache/variants.ts";
import { bucketPath } from "../../src/edge/origin/bucket-path.ts";
import { isCompressedData } from "../../src/edge/origin/compressed-data.ts";
import { type Question, withOwnRedirects } from "../../src/edge/origin/own-redirects.ts";
import { pathBelow } from "../../src/edge/origin/path-below.ts";
import { Glob } from "../../src/edge/policy/glob.ts";
import { presentedBy } from "../../src/edge/policy/presented.ts";
import { redirectLocation } from "../../src/edge/policy/redirect-location.ts";
import { hostMatcher, refererHost } from "../../src/edge/policy/referer.ts";
import { readToken } from "../../src/edge/policy/token.ts";
import { listedFields, selectingFields, unlistedFields } from "../../src/edge/request/forwarded-fields.ts";
import type { Route } from "../../src/edge/request/routes.ts";
import { targetOf, targetWithFields } from "../../src/edge/request/target.ts";
import { canBeHostname } from "../../src/hostnames/host-table.ts";
import { checkHostname } from "../../src/hostnames/hostname.ts";
import { surfaceOf } from "../../src/hosts.ts";
import { acceptsCodings, preferredCoding } from "../../src/http/accept-encoding.ts";
import { parseAge } from "../../src/http/age.ts";
import { asPrivate } from "../../src/http/as-private.ts";
import { boundCacheControl } from "../../src/http/bound-cache-control.ts";
import { parseCacheControl } from "../../src/http/cache-control.ts";
import { appendCacheStatus } from "../../src/http/cache-status.ts";
import { hasPassed, parseCdnLoop } from "../../src/http/cdn-loop.ts";
import { evaluatePreconditions, validators } from "../../src/http/conditional.ts";
import { attachment } from "../../src/http/content-disposition.ts";
import { contentCodings } from "../../src/http/content-encoding.ts";
import { parseHttpDate } from "../../src/http/dates.ts";
import { parseDeltaSeconds } from "../../src/http/delta-seconds.ts";
import { asEntityTag, codedEtag, parseEntityTags, weakMatch } from "../../src/http/etag.ts";
import { isToken, listMembers, splitOutsideQuotes, trimBlanks, unquoted } from "../../src/http/field-syntax.ts";
import { freshenHeaders } from "../../src/http/freshen.ts";
import { endToEndHeaders } from "../../src/http/hop-by-hop.ts";
import { invalidatedUris } from "../../src/http/invalidation.ts";
import { isAnswer } from "../../src/http/is-answer.ts";
import { lenientPath } from "../../src/http/lenient-path.ts";
import { mediaTypeOf } from "../../src/http/media-type.ts";
import { parseContentRange, parseRange } from "../../src/http/range.ts";
import { dropHostFields } from "../../src/http/response-fields.ts";
import { parseResponseHead } from "../../src/http/response-head.ts";
import { retryAfterSeconds } from "../../src/http/retry-after.ts";
import { storableHeaders } from "../../src/http/storable.ts";
import { effectiveCacheControl, parseCdnCacheControl } from "../../src/http/targeted-cache-control.ts";
import { normalisePath, normaliseQuery } from "../../src/http/uri.ts";
import { languageVariantKey, preferredLanguage, variantKey, varyFields } from "../../src/http/vary.ts";
import { weightedValues } from "../../src/http/weighted-list.ts";
import { isInfrastructureName } from "../../src/origin-guard/infrastructure-hosts.ts";
import { checkEndpoint, checkHost, checkOrigin } from "../../src/origin-guard/origin-guard.ts";
import { pathOn } from "../../src/prefetch/path-on.ts";
import { readSitemap } from "../../src/prefetch/sitemap.ts";
import { formatOf } from "../../src/records/dns/answer-text.ts";
import { parseQuery } from "../../src/records/dns/message.ts";
import { fromBase64Url, keyLabelOf } from "../../src/records/dns/parameter.ts";
import { parseQueryName } from "../../src/records/dns/query-name.ts";
import { readName, readOpts, readQuestion } from "../../src/records/dns/wire.ts";
import { queryTokenOf } from "../../src/records/query-token.ts";
import { parseRecordKey } from "../../src/records/record-key.ts";
import { bearerToken } from "../../src/records/rest/bearer-token.ts";
import { cacheDetail } from "../../src/request-log/cache-detail.ts";
import { shownQuery } from "../../src/request-log/shown-query.ts";
import { userAgentClass } from "../../src/request-log/user-agent-class.ts";
import { isSecret } from "../../src/signed-delivery/secret.ts";
import { readParameters } from "../../src/signed-urls/parameters.ts";
import { signUrl } from "../../src/signed-urls/sign-url.ts";
import { isBelow } from "../../src/signed-urls/token-path.ts";
import { textHash } from "../../src/text-hash.ts";
import { dateOf, periodOf } from "../../src/usage/period.ts";
import { accessSchema } from "../../src/zones/access-schema.ts";
import { assetOf, extensionOf } from "../../src/zones/asset-types.ts";
import { isHeaderValue, refusalOfHeaderName } from "../../src/zones/header-rules.ts";
import { cacheTagField } from "../../src/zones/purge/cache-tags.ts";
import { buildPurgeLog, EMPTY_PURGE_LOG, purgeVerdict } from "../../src/zones/purge/purge-log.ts";
import { pathTarget, prefixTarget } from "../../src/zones/purge/purge-target.ts";
import { isReservedName } from "../../src/zones/reserved-names.ts";
import { DEFAULT_SETTINGS } from "../../src/zones/settings.ts";
import { settingsSchema } from "../../src/zones/settings-schema.ts";
import type { ZoneDocument } from "../../src/zones/zone.ts";
import { checkZoneName } from "../../src/zones/zone-name.ts";

const ZONE: ZoneDocument = {
  id: "zone_1",
  account: "acct_1",
  name: "a",
  mode: "live",
  state: "active",
  origin: "https://origin.example",
  settings: { ...DEFAULT_SETTINGS, query: "sort" },
  version: 1,
  purges: EMPTY_PURGE_LOG,
};
const LISTING = { ...ZONE.settings, forward: { ...ZONE.settings.forward, headers: ["accept", "x-a"] } };
const ALL = { ...ZONE.settings.forward, headers: "all" as const, cookies: true };
const PURGED = { query: "sort" as const, hosts: ["a.rescdn.io"] };
const POLICY = { allowPrivate: false, allowHttp: true, ownHosts: ["rescdn.io"] };
const HOSTS = {
  edgeDomains: ["rescdn.io"] as const,
  apiHosts: new Set<string>(),
  recordsHosts: new Set<string>(),
  dashboardHost: null,
};
const VALIDATORS = { etag: '"a"', lastModified: 0, date: 0 };
const URL_OF_A = new URL("https://a.rescdn.io/a.css?b=c");
const TARGET = targetOf(URL_OF_A, ZONE);
const PURGES = buildPurgeLog([{ kind: "prefix", value: "/x", soft: false, version: 2, at: 0 }]);

const field = (name: string, read: (headers: Headers) => unknown) => (text: string) =>
  read(new Headers({ [name]: text }));
/** As many fields as a head has place for, of a text of its length. */
const manyFields = (read: (headers: Headers) => unknown) => (text: string) => {
  const headers = new Headers();
  for (let i = 0; i < text.length / 16; i++) headers.append(`x-${i}`, "a");
  return read(headers);
};
const bytesOf = (read: (bytes: Uint8Array) => unknown) => (text: string) => read(new TextEncoder().encode(text));

function purge(text: string): unknown {
  const subject = { path: text, query: `?${text}`, tagHashes: text.split(",").slice(0, 900), version: 1 };
  return purgeVerdict(PURGES, subject);
}

const RANGE_REQUEST = { method: "GET", headers: new Headers({ range: "bytes=0-1" }) };
const partialOf = (name: string, value: string) => ({ status: 206, headers: new Headers({ [name]: value }) });

function store(headers: Headers): unknown {
  const response = new Response("", { headers });
  return toStoredResponse({ response, requestedAt: 0, answeredAt: 0 }, new Headers(), TARGET, ZONE);
}

const QUESTION: Question = {
  zone: ZONE,
  hosts: ["zone.rescdn.io"],
  method: "GET",
  pathAndQuery: "/a",
  origin: ZONE.origin,
  host: null,
  prefix: "",
};

const routeTo = (path: string): Route => ({
  url: new URL(`https://zone.invalid${path}`),
  surface: { kind: "unknown" },
  target: null,
});

const matchesHost = hostMatcher(["*.example.com"]);

/** What repeats itself makes searches that begin anew at each character do their work many times. */
const SEVERAL = ["*a*", "*aaaaaaaaaaaaaaab*", "*abababababab*a*b*", "a*a*a*a*a*b", "*\u00e9*aa==aa==aa=*"];
const COPY = {
  settings: { ...DEFAULT_SETTINGS, canonical: "https://www.example.com" },
  ruled: {
    indices: [],
    variant: "",
    isBypassed: false,
    isPrivate: false,
    vary: [],
    removed: [],
    origin: null,
    requestFields: {},
    download: true,
  },
};

/** Every parser of foreign text, by the module that it stands in. */
export const PARSERS: Readonly<Record<string, Readonly<Record<string, (text: string) => unknown>>>> = {
  "src/hosts.ts": { surfaceOf: (text) => surfaceOf({ hostname: text, pathname: text }, HOSTS) },
  "src/accounts/client-address.ts": {
    clientAddress: field("cf-connecting-ip", (headers) => clientAddress({ headers }, null)),
  },
  "src/accounts/token.ts": { tokenKind },
  "src/prefetch/path-on.ts": {
    pathOn: (text) => pathOn(["a.example"], `https://a.example/${text}`),
  },
  "src/prefetch/sitemap.ts": {
    readSitemap: (text) => [readSitemap(text), readSitemap(`<urlset><url><loc>${text}</loc></url></urlset>`)],
  },
  "src/api/cursor.ts": { decodeCursor: (text) => decodeCursor(btoa(text), "zone") },
  "src/edge/cache/client-headers.ts": {
    clientHeaders: field("content-type", (headers) =>
      clientHeaders({ response: new Response("", { headers }), answeredAt: 0 }, TARGET),
    ),
    ownCookies: field("set-cookie", (headers) => ownCookies(headers, ALL, ["zone.rescdn.io"])),
  },
  "src/edge/answer/naming-headers.ts": {
    "addNamingHeaders, by Link": field("link", (headers) => addNamingHeaders(headers, { path: "/a" }, COPY)),
    "addNamingHeaders, by path": (text) => addNamingHeaders(new Headers(), { path: `/${text}` }, COPY),
  },
  "src/edge/policy/glob.ts": {
    "Glob, of a long text": (text) => SEVERAL.map((pattern) => new Glob(pattern).captures(text)),
    "Glob, of a long pattern": (text) => new Glob(`*${text}b*`).captures(text),
    "Glob, of many stars": (text) => new Glob(text.replaceAll("a", "*a")).captures(`${text}b`),
  },
  "src/http/lenient-path.ts": { lenientPath: (text) => lenientPath(`/${text}`) },
  "src/edge/policy/redirect-location.ts": {
    redirectLocation: (text) => redirectLocation({ to: `/$1?a=$1` }, [text], `?${text}`),
    "redirectLocation, of its target": (text) => redirectLocation({ to: `/${text}$1` }, ["a"], ""),
  },
  "src/http/as-private.ts": { asPrivate },
  "src/http/content-disposition.ts": { attachment },
  "src/zones/rules/rule-schema.ts": {
    "settingsSchema, of a rule": (text) =>
      settingsSchema.safeParse({
        rules: [{ name: text, when: { path: text, header: { a: text } }, do: { redirect: { to: `/${text}` } } }],
      }),
  },
  "src/edge/answer/edge-headers.ts": {
    addEdgeHeaders: field("access-control-expose-headers", (headers) =>
      addEdgeHeaders(headers, new Headers(), { mode: "live", settings: DEFAULT_SETTINGS }),
    ),
  },
  "src/edge/origin/bucket-path.ts": { bucketPath: (text) => bucketPath(`/${text}`) },
  "src/edge/origin/path-below.ts": { pathBelow: (text) => pathBelow("/site", `/${text}`) },
  "src/edge/origin/own-redirects.ts": {
    "withOwnRedirects, by Location": field("location", (headers) =>
      withOwnRedirects(new Response("", { status: 301, headers }), QUESTION),
    ),
    "withOwnRedirects, by Refresh": field("refresh", (headers) =>
      withOwnRedirects(new Response("", { headers }), QUESTION),
    ),
  },
  "src/http/response-fields.ts": {
    dropHostFields: field("strict-transport-security", (headers) => dropHostFields(headers)),
  },
  "src/edge/answer/cors-entry.ts": {
    corsEntryOf: (text) => corsEntryOf(["https://*.example.com"], `https://${text}.example.com`),
  },
  "src/edge/answer/coding.ts": {
    chooseCoding: field("content-type", (headers) =>
      chooseCoding({ status: 200, size: 9_999 } as StoredResponse, headers, headers, {
        enabled: true,
        way: "kept",
        path: "/a",
      }),
    ),
  },
  "src/edge/cache/content-type.ts": {
    reconcileType: (text) => reconcileType(TARGET.asset, { essence: text, charset: text, text }),
    kindOf: (text) => kindOf(TARGET.asset, { essence: text, charset: null, text }),
    isNosniff: field("x-content-type-options", isNosniff),
  },
  "src/edge/cache/freshness-policy.ts": {
    freshnessPolicy: field("content-type", (headers) => freshnessPolicy(TARGET, { status: 200, headers }, LISTING)),
  },
  "src/edge/cache/page-sniffing.ts": { isPageByItsHead: bytesOf((bytes) => isPageByItsHead(bytes, false)) },
  "src/edge/policy/presented.ts": {
    "presentedBy, by query": (text) => presentedBy(routeTo(`/a?${text}`)),
    "presentedBy, by path": (text) => presentedBy(routeTo(`/bcdn_token=${text}`)),
  },
  "src/edge/policy/referer.ts": {
    refererHost,
    hostMatcher: (text) => matchesHost(refererHost(`https://${text}`) ?? ""),
  },
  "src/edge/policy/token.ts": {
    readToken: (text) =>
      readToken(`/${text}`, [
        ["token", text],
        ["expires", "1700000000"],
        ["token_countries", text],
      ]),
  },
  "src/request-log/cache-detail.ts": {
    cacheDetail: (text) => cacheDetail(text),
    "cacheDetail, ours": (text) => cacheDetail(`ResCDN; ${text}`),
  },
  "src/request-log/shown-query.ts": { shownQuery: (text) => shownQuery(`?${text}`) },
  "src/request-log/user-agent-class.ts": { userAgentClass: (text) => userAgentClass(text) },
  "src/signed-delivery/secret.ts": { isSecret: (text) => isSecret(`whsec_${text}`) },
  "src/signed-urls/parameters.ts": { readParameters: (text) => readParameters(text)?.length },
  "src/signed-urls/token-path.ts": { isBelow: (text) => isBelow(`/${text}`, `/${text}`) },
  "src/signed-urls/sign-url.ts": {
    signUrl: (text) => {
      try {
        return signUrl(`https://zone.invalid/a?${text}`, { key: "a signing key", expires: 1_700_000_000 });
      } catch (error) {
        return error;
      }
    },
  },
  "src/zones/access-schema.ts": {
    accessSchema: (text) =>
      accessSchema.safeParse({ addresses: { allow: [text] }, referers: { deny: [text] } }).success,
  },
  "src/edge/request/forwarded-fields.ts": {
    listedFields: field("accept", (headers) => listedFields(headers, LISTING.forward)),
    selectingFields: (text) => selectingFields(text.split(","), LISTING),
  },
  "src/edge/cache/origin-fields.ts": {
    "tagHashesOf, by Cache-Tag": field("cache-tag", tagHashesOf),
    "tagHashesOf, by Surrogate-Key": field("surrogate-key", tagHashesOf),
    hashesOf: (text) => hashesOf(text.split(",")),
  },
  "src/edge/cache/stored-response.ts": {
    "toStoredResponse, by Vary": field("vary", store),
    "toStoredResponse, by Content-Length": field("content-length", store),
  },
  "src/edge/request/target.ts": {
    targetOf: (text) => targetOf(Object.assign(new URL(URL_OF_A), { pathname: text, search: text }), ZONE),
    targetWithFields: field("x-a", (headers) =>
      targetWithFields(TARGET, headers, [], { id: "zone_1", settings: LISTING }),
    ),
  },
  "src/edge/cache/variants.ts": {
    languageVariantOf: (text) =>
      languageVariantOf({ headers: [["content-language", text]], variant: text } as unknown as StoredResponse),
  },
  "src/http/accept-encoding.ts": {
    preferredCoding: (text) => preferredCoding(text, ["br", "gzip", "identity"]),
    acceptsCodings: (text) => acceptsCodings(text, ["gzip"]),
  },
  "src/http/content-encoding.ts": { contentCodings },
  "src/edge/origin/compressed-data.ts": { isCompressedData: (text) => isCompressedData(text, text) },
  "src/http/age.ts": { parseAge },
  "src/http/bound-cache-control.ts": { boundCacheControl: (text) => boundCacheControl(text, 10) },
  "src/http/cache-control.ts": {
    // What was read last is remembered: another text comes between.
    parseCacheControl: (text) => [parseCacheControl("no-store"), parseCacheControl(text)],
  },
  "src/http/cache-status.ts": { appendCacheStatus: (text) => appendCacheStatus(text, "ResCDN; hit") },
  "src/http/cdn-loop.ts": { parseCdnLoop, hasPassed: (text) => hasPassed([text], "rescdn") },
  "src/http/conditional.ts": {
    "evaluatePreconditions, If-Match": field("if-match", (headers) =>
      evaluatePreconditions("GET", headers, VALIDATORS, 0),
    ),
    "evaluatePreconditions, If-None-Match": field("if-none-match", (headers) =>
      evaluatePreconditions("GET", headers, VALIDATORS, 0),
    ),
    validators: field("etag", validators),
  },
  "src/http/dates.ts": { parseHttpDate },
  "src/http/delta-seconds.ts": { parseDeltaSeconds },
  "src/http/etag.ts": {
    parseEntityTags,
    asEntityTag,
    codedEtag: (text) => codedEtag(text, "br"),
    weakMatch: (text) => weakMatch(text, text),
  },
  "src/http/field-syntax.ts": {
    isToken,
    listMembers,
    trimBlanks,
    unquoted,
    "unquoted, in quotes": (text) => unquoted(`"${text}"`),
    splitOutsideQuotes: (text) => splitOutsideQuotes(text, ";"),
  },
  "src/http/hop-by-hop.ts": { endToEndHeaders: field("connection", endToEndHeaders) },
  "src/http/invalidation.ts": {
    invalidatedUris: field("location", (headers) => invalidatedUris("POST", 200, URL_OF_A, headers)),
  },
  "src/http/media-type.ts": {
    mediaTypeOf,
    "mediaTypeOf, of parameters": (text) => mediaTypeOf(`text/css;${text}`),
    "mediaTypeOf, of several": (text) => mediaTypeOf(`text/css;charset=a,text/css,${text}`),
  },
  "src/http/is-answer.ts": {
    "isAnswer, by Content-Type": (text) => isAnswer(RANGE_REQUEST, partialOf("content-type", text)),
    "isAnswer, by Content-Range": (text) => isAnswer(RANGE_REQUEST, partialOf("content-range", text)),
  },
  "src/http/retry-after.ts": { retryAfterSeconds: (text) => retryAfterSeconds(text, 0) },
  "src/http/range.ts": { parseRange, parseContentRange, "parseRange, of bytes": (text) => parseRange(`bytes=${text}`) },
  "src/http/response-head.ts": {
    "parseResponseHead, of a status line": (text) => parseResponseHead(`HTTP/1.1 200 ${text}`, "GET"),
    "parseResponseHead, of a value": (text) => parseResponseHead(`HTTP/1.1 200 OK\r\nA: ${text}a`, "GET"),
    "parseResponseHead, of a name": (text) => parseResponseHead(`HTTP/1.1 200 OK\r\n${text}: a`, "GET"),
    "parseResponseHead, of lines": (text) =>
      parseResponseHead(`HTTP/1.1 200 OK${"\r\na:b".repeat(text.length / 5)}`, "GET"),
    "parseResponseHead, of lines that end in LF": (text) =>
      parseResponseHead(`HTTP/1.1 200 OK${"\na:b".repeat(text.length / 4)}`, "GET"),
    "parseResponseHead, of folded lines": (text) =>
      parseResponseHead(`HTTP/1.1 200 OK\r\na:${"\r\n b".repeat(text.length / 4)}`, "GET"),
    "parseResponseHead, of UTF-8": (text) =>
      parseResponseHead(`HTTP/1.1 200 OK\r\na:${"\xc3\xb6".repeat(text.length / 2)}`, "GET"),
    "parseResponseHead, of a length": (text) =>
      parseResponseHead(`HTTP/1.1 200 OK\r\ncontent-length:${"0".repeat(text.length)}x`, "GET"),
    "parseResponseHead, of lengths": (text) =>
      parseResponseHead(`HTTP/1.1 200 OK${"\r\ncontent-length:1".repeat(text.length / 18)}`, "GET"),
  },
  "src/http/storable.ts": { storableHeaders: field("cache-control", storableHeaders) },
  "src/http/targeted-cache-control.ts": {
    parseCdnCacheControl,
    effectiveCacheControl: field("surrogate-control", effectiveCacheControl),
  },
  "src/http/uri.ts": {
    normalisePath: (text) => normalisePath(`/${text}`),
    "normaliseQuery, sort": (text) => normaliseQuery(`?${text}`, "sort"),
    "normaliseQuery, named": (text) => normaliseQuery(`?${text}`, ["a", "b"]),
  },
  "src/http/vary.ts": {
    varyFields: field("vary", varyFields),
    variantKey: field("accept-language", (headers) => variantKey(["accept-language"], headers)),
    languageVariantKey: (text) => languageVariantKey(text, "en"),
    preferredLanguage,
  },
  "src/http/weighted-list.ts": { weightedValues },
  "src/records/query-token.ts": { queryTokenOf },
  "src/records/record-key.ts": { parseRecordKey },
  "src/records/dns/answer-text.ts": { formatOf: bytesOf(formatOf) },
  "src/records/dns/message.ts": {
    parseQuery: bytesOf(parseQuery),
    // A header that announces as many questions as there can be.
    "parseQuery, of many questions": bytesOf((bytes) => {
      bytes.set([0, 1, 1, 0, 255, 255, 0, 0, 0, 0, 0, 0].slice(0, bytes.length));
      return parseQuery(bytes);
    }),
  },
  "src/records/dns/parameter.ts": {
    keyLabelOf,
    "keyLabelOf, of b32": (text) => keyLabelOf(`b32-${text}`),
    "keyLabelOf, of b64": (text) => keyLabelOf(`b64-${text}`),
    "keyLabelOf, of hex": (text) => keyLabelOf(`hex-${text}`),
    fromBase64Url,
  },
  "src/records/dns/query-name.ts": {
    parseQueryName: (text) => parseQueryName(`get.${text}.ns.v1.resolvedb.net`),
  },
  "src/records/dns/wire.ts": {
    readOpts: bytesOf(readOpts),
    readQuestion: bytesOf(readQuestion),
    readName: bytesOf((bytes) => readName(bytes, 0)),
  },
  "src/records/rest/bearer-token.ts": { bearerToken: field("authorization", bearerToken) },
  "src/usage/period.ts": { dateOf, periodOf: (text) => periodOf({ from: text, to: text, granularity: undefined }, 0) },
  "src/hostnames/host-table.ts": { canBeHostname },
  "src/hostnames/hostname.ts": {
    checkHostname: (text) => checkHostname(text, ["rescdn.io"]),
    "checkHostname, of a domain": (text) => checkHostname(`${text}.example.com`, ["rescdn.io"]),
  },
  "src/zones/asset-types.ts": { assetOf, extensionOf },
  "src/zones/purge/cache-tags.ts": { cacheTagField: (text) => cacheTagField(`zone_1/${text}`, text.split(",")) },
  "src/zones/header-rules.ts": { isHeaderValue, refusalOfHeaderName: (text) => refusalOfHeaderName(text, "forward") },
  "src/origin-guard/infrastructure-hosts.ts": { isInfrastructureName: (text) => isInfrastructureName(text, false) },
  "src/zones/reserved-names.ts": { isReservedName },
  "src/origin-guard/origin-guard.ts": {
    checkOrigin: (text) => checkOrigin(text, POLICY),
    "checkOrigin, of a host": (text) => checkOrigin(`https://${text}`, POLICY),
    checkEndpoint: (text) => checkEndpoint(`https://example.com/${text}`, POLICY),
    checkHost: (text) => checkHost(text, POLICY),
  },
  "src/text-hash.ts": { textHash },
  "src/zones/purge/purge-log.ts": { purgeVerdict: purge },
  "src/zones/purge/purge-target.ts": {
    pathTarget: (text) => pathTarget(text, PURGED),
    prefixTarget: (text) => prefixTarget(text, PURGED),
  },
  "src/zones/settings-schema.ts": {
    "settingsSchema, of a header": (text) => settingsSchema.safeParse({ response_headers: { "x-a": text } }),
    "settingsSchema, of a name": (text) => settingsSchema.safeParse({ forward: { headers: [text] } }),
    "settingsSchema, of a host": (text) => settingsSchema.safeParse({ origin_host: text }),
  },
  "src/zones/zone-name.ts": { checkZoneName },
};

/** What reads whole heads: the text says no more than how long they are. */
export const OF_MANY_FIELDS: typeof PARSERS = {
  "src/edge/request/forwarded-fields.ts": { unlistedFields: manyFields((headers) => unlistedFields(headers, ALL)) },
  "src/edge/cache/stored-response.ts": { toStoredResponse: manyFields(store) },
  "src/http/freshen.ts": { freshenHeaders: manyFields((headers) => freshenHeaders(headers, headers)) },
  "src/http/hop-by-hop.ts": { endToEndHeaders: manyFields(endToEndHeaders) },
};
