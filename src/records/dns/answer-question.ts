import type { NamespaceDocument, RecordDocument } from "../documents.ts";
import { type ErrorCode, errorText, formatOf, okText } from "./answer-text.ts";
import { type Asker, type Reading, readKeys, readNamespace, readRecord } from "./limited-reads.ts";
import { type Listing, listKeys, listResources, searchKeys } from "./listing.ts";
import type { OwnHosts } from "./own-hosts.ts";
import { parseQueryName, type QueryName } from "./query-name.ts";
import type { QueryTokens } from "./query-tokens.ts";
import { type Basis, type Question, RCODE, type Reply, type Rr, TYPE } from "./reply.ts";
import { type NameServers, negativeSoaOf, nsOf, soaOf } from "./zone-apex.ts";

/** Where answers come from, and the time. */
export interface Source extends Reading {
  tokens: QueryTokens;
  nameServers: NameServers;
  ownHosts: OwnHosts;
}

/** Seconds. What is missing now may soon be there; the table remembers for as long. */
const ERROR_TTL = 5;
/** Seconds. */
const LIST_TTL = 30;
const HEALTH_TTL = 30;
const ANY_TTL = 3600;
const ADDRESS_TTL = 300;
const REFERRAL_TTL = 30;

type InNamespace = Extract<QueryName, { place: unknown }>;

/**
 * Answers a question of the class IN as the authority for ResolveDB's zones.
 *
 * A record's TTL is the one that its owner set, and does not count down: this server is the authority, which reads anew every
 * few seconds, not a cache (RFC 1035 §3.2.1).
 *
 * @throws {TooManyQuestions} @throws {TableUnavailable} if KV fails, and whatever D1 throws
 */
export async function answerQuestion(question: Question, source: Source): Promise<Reply> {
  const { name, type } = question;
  // Nobody may transfer these zones (RFC 5936 §5).
  if (type === TYPE.AXFR || type === TYPE.IXFR) return refused();
  const asked = parseQueryName(name);
  if (asked.kind === "outside") return refused();
  const addresses = source.ownHosts.get(name.toLowerCase());
  if (addresses !== undefined && asked.kind !== "apex") return ofOwnHost(question, asked.zone, addresses, source);
  const soa = negativeSoaOf(asked.zone, source.nameServers);
  switch (asked.kind) {
    case "impossible":
      return { ...noData(soa), rcode: RCODE.NXDOMAIN };
    case "apex":
      return atApex(question, asked.zone, addresses ?? [], source.nameServers);
    case "invalid":
      return text(question, soa, errorText(asked.code), ERROR_TTL);
    case "health":
      // Shows that the table behind all answers can be read; otherwise this throws.
      await source.table.namespace("system", source.now, source.waitUntil);
      return {
        ...text(question, soa, okText(jsonPayload({ status: "ok" }, HEALTH_TTL)), HEALTH_TTL),
        basis: null,
      };
    case "get":
    case "info":
    case "list":
    case "search":
      return inNamespace(question, asked, soa, source);
    default:
      return asked satisfies never;
  }
}

async function inNamespace(question: Question, asked: InNamespace, soa: Rr, source: Source): Promise<Reply> {
  // Such answers reveal nothing that is stored, and resolvers that ask label by label (RFC 9156) cost nothing.
  if (question.type !== TYPE.TXT) return withoutText(question, soa);
  const { tokens, db, allowance, now } = source;
  const { namespace: name, shows, token } = asked.place;
  const namespace = await readNamespace(source, name);
  const account = namespace && (await source.table.accounts.lookup(namespace.account, now, source.waitUntil));
  // Quotas concern zones, so an account that is over its quota still answers.
  if (account?.state === "suspended") return { ...text(question, soa, errorText("E009"), ERROR_TTL), basis: null };
  const basis = { namespace: { name, document: namespace }, ...(account && { account }) };
  if (namespace?.visibility === "private") {
    if (!shows) return { ...text(question, soa, errorText("E006"), ERROR_TTL), basis };
    // A wrong token, an expired one and one of another namespace all get the same answer.
    const open = token !== null && (await tokens.opens(db, token, name, now, allowance));
    if (!open) return onlyForNow(text(question, soa, errorText("E007"), 0));
    return onlyForNow(await read(question, asked, soa, namespace, "holder", source));
  }
  const reply = await read(question, asked, soa, namespace, "anybody", source);
  return { ...reply, basis: reply.basis && { ...reply.basis, ...basis } };
}

async function read(
  question: Question,
  asked: InNamespace,
  soa: Rr,
  namespace: NamespaceDocument | null,
  asker: Asker,
  source: Source,
): Promise<Reply> {
  const { place } = asked;
  const ttlOf = (ttl: number) => (asker === "holder" ? 0 : ttl);
  const keysOf = (resource: string | null) => readKeys(source, { ...place, resource }, asker);
  const error = (code: ErrorCode) => text(question, soa, errorText(code), ERROR_TTL);
  const list = ({ names, more }: Listing) => {
    const said = okText({ ...jsonPayload(names, ttlOf(LIST_TTL)), more });
    return { ...text(question, soa, said, LIST_TTL), basis: null };
  };
  switch (asked.kind) {
    case "get":
    case "info": {
      // Its namespace is not known yet and might be private, so for now the record does not exist.
      if (namespace === null) return error("E004");
      const record = await readRecord(source, asked.key, place, asker);
      // If the table does not remember the record, it is not worth remembering here.
      const isKnown = source.table.knownRecord(asked.key, source.now, source.waitUntil) === record;
      const basis: Basis | null = isKnown ? { record: { key: asked.key, document: record } } : null;
      if (record === null) return { ...error("E004"), basis };
      const ttl = ttlOf(record.ttl);
      const said = asked.kind === "get" ? recordText(record, ttl) : await infoText(record, ttl);
      return { ...text(question, soa, said, ttl), basis };
    }
    case "list": {
      if (namespace === null) return error("E005");
      const { below } = asked;
      const listing =
        below === null
          ? listResources(await keysOf(null))
          : listKeys(await keysOf(below.slice(below.lastIndexOf(".") + 1)), place, below);
      return listing === null ? { ...error("E005"), basis: null } : list(listing);
    }
    case "search":
      if (namespace === null) return error("E005");
      return list(searchKeys(await keysOf(asked.resource), place, asked.text));
    default:
      return asked satisfies never;
  }
}

function recordText({ data, updatedAt }: RecordDocument, ttl: number): string {
  return okText({ bytes: Uint8Array.fromBase64(data), ttl, updatedAt });
}

async function infoText(record: RecordDocument, ttl: number): Promise<string> {
  const bytes = Uint8Array.fromBase64(record.data);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 16);
  const info = {
    key: record.key,
    size: bytes.length,
    format: formatOf(bytes),
    ttl: record.ttl,
    created_at: iso(record.createdAt),
    updated_at: iso(record.updatedAt),
    revision: record.revision,
    hash,
  };
  return okText({ ...jsonPayload(info, ttl), updatedAt: record.updatedAt, hash });
}

function jsonPayload(value: unknown, ttl: number): { bytes: Uint8Array; ttl: number } {
  return { bytes: new TextEncoder().encode(JSON.stringify(value)), ttl };
}

/** Times in the REST API's format: whole seconds. */
function iso(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function atApex(question: Question, zone: string, addresses: readonly string[], nameServers: NameServers): Reply {
  const { name } = question;
  // Owner names as they were asked for.
  const records: Rr[] = [soaOf(zone, nameServers), ...nsOf(zone, nameServers)].map((rr) => ({ ...rr, name }));
  return ofRecords(question, [...records, ...addressesOf(name, addresses)], zone, nameServers);
}

/** The answer for a name that has only these records. */
function ofRecords({ name, type }: Question, records: readonly Rr[], zone: string, nameServers: NameServers): Reply {
  if (type === TYPE.ANY) return answered([anyOf(name)]);
  const asked = records.filter((rr) => TYPE[rr.type] === type);
  return asked.length > 0 ? answered(asked) : noData(negativeSoaOf(zone, nameServers));
}

function addressesOf(name: string, addresses: readonly string[]): Rr[] {
  return addresses.map((address) => ({ type: address.includes(":") ? "AAAA" : "A", name, ttl: ADDRESS_TTL, address }));
}

/**
 * The answer for one of the service's own hosts: its addresses, if the operator has configured them. Otherwise the asker is
 * referred to the zone's name servers (RFC 1034 §4.3.2), which denies nothing, whereas an empty answer would for five minutes.
 */
function ofOwnHost(question: Question, zone: string, addresses: readonly string[], { nameServers }: Source): Reply {
  if (addresses.length > 0) return ofRecords(question, addressesOf(question.name, addresses), zone, nameServers);
  const authorities = nsOf(zone, nameServers).map((rr) => ({ ...rr, ttl: REFERRAL_TTL }));
  return { rcode: RCODE.NOERROR, authoritative: false, answers: [], authorities, private: false, basis: null };
}

/** The answer for a name that has only a text, to questions for TXT and for other types. */
function text(question: Question, soa: Rr, said: string, ttl: number): Reply {
  const { name, type } = question;
  return type === TYPE.TXT ? answered([{ type: "TXT", name, ttl, text: said }]) : withoutText(question, soa);
}

function withoutText({ name, type }: Question, soa: Rr): Reply {
  return type === TYPE.ANY ? answered([anyOf(name)]) : noData(soa);
}

/** RFC 8482 §4.2: a synthesised HINFO record. */
function anyOf(name: string): Rr {
  return { type: "HINFO", name, ttl: ANY_TTL, cpu: "RFC8482", os: "" };
}

function answered(answers: Rr[]): Reply {
  return { rcode: RCODE.NOERROR, authoritative: true, answers, authorities: [], private: false, basis: {} };
}

function noData(soa: Rr): Reply {
  return { rcode: RCODE.NOERROR, authoritative: true, answers: [], authorities: [soa], private: false, basis: {} };
}

function refused(): Reply {
  return { rcode: RCODE.REFUSED, authoritative: false, answers: [], authorities: [], private: false, basis: null };
}

/** No cache may keep it: once a token is revoked, caches must not go on answering for it. */
function onlyForNow(reply: Reply): Reply {
  return { ...reply, answers: reply.answers.map((rr) => ({ ...rr, ttl: 0 })), private: true, basis: null };
}
