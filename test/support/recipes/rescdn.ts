import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { call, newName, newZone } from "../control-plane.ts";
import { claim, newHostname } from "../hostnames.ts";
import { newKey } from "../keys.ts";
import type { Product, Recipes, Thing } from "./recipe.ts";

export const RESCDN: Product = {
  scheme: "key",
  scopes: ["zones:read", "zones:write", "purge", "usage:read", "keys:write", "files:write"],
  keyOf: ({ live }) => live,
  otherKeyOf: ({ resolvedb }) => resolvedb,
  shown: (key) => ({ "x-rescdn-key": key }),
  newKey: (key, powers) => newKey(key, powers),
  revocation: (id) => `/v1/keys/${id}`,
};

const zone: Thing = {
  kind: "zone",
  missing: "zone_missing",
  ofZone: true,
  async make(key) {
    const { id, name } = await newZone(key);
    return { at: id, alias: name, zone: id };
  },
};

/** A zone whose origin is a bucket. */
const bucketZone: Thing = {
  ...zone,
  async make(key) {
    const { id, name } = await newZone(key, { origin: "r2://files" });
    return { at: id, alias: name, zone: id };
  },
};

const file: Thing = {
  kind: "file",
  missing: "zone_missing/files/a.css",
  ofZone: true,
  async make(key) {
    const { at: id, alias: name } = await bucketZone.make(key);
    const headers = { "content-type": "text/css", "content-length": "3" };
    const answer = await call(`/v1/zones/${id}/files/a.css`, { method: "PUT", key, body: "a{}", headers });
    expect(answer.status).toBe(201);
    return { at: `${id}/files/a.css`, alias: `${name}/files/a.css`, zone: id! };
  },
};

/** A URL to ask about. */
const urlOfZone: Thing = {
  ...zone,
  missing: "https://zone-missing.rescdn.io/a.css",
  async make(key) {
    const { id, name } = await newZone(key);
    return { at: `https://${name}.rescdn.io/a.css`, zone: id };
  },
};

/** A zone with a key that signs its URLs. */
const signingZone: Thing = {
  ...zone,
  async make(key) {
    const made = await zone.make(key);
    await call(`/v1/zones/${made.at}/signing-keys`, { method: "POST", key, body: {} });
    return made;
  },
};

/** A zone whose logs are delivered. */
const loggedZone: Thing = {
  ...zone,
  async make(key) {
    const target = { type: "https", url: "https://logs.example/in" };
    const { id, name } = await newZone(key, { settings: { logs: { target } } });
    return { at: id, alias: name, zone: id };
  },
};

const signingKey: Thing = {
  kind: "signing key",
  missing: "zone_missing/signing-keys/sign_missing",
  ofZone: true,
  async make(key) {
    const { id } = await newZone(key);
    const answer = await call(`/v1/zones/${id}/signing-keys`, { method: "POST", key, body: {} });
    return { at: `${id}/signing-keys/${(await answer.json<{ id: string }>()).id}`, zone: id };
  },
};

const purge: Thing = {
  kind: "purge",
  missing: "purge_missing",
  ofZone: true,
  async make(key) {
    const { id } = await newZone(key);
    const answer = await call("/v1/purge", { method: "POST", key, body: { zone: id, path: "/a.css" } });
    return { at: (await answer.json<{ id: string }>()).id, zone: id };
  },
};

const prefetch: Thing = {
  kind: "prefetch",
  missing: "pre_missing_missing",
  ofZone: true,
  async make(key) {
    const { id } = await newZone(key);
    const answer = await call("/v1/prefetch", { method: "POST", key, body: { zone: id, paths: ["/a.css"] } });
    return { at: (await answer.json<{ id: string }>()).id, zone: id };
  },
};

/** A key with the least power that still manages keys, so that those with more power see it. */
const key: Thing = {
  kind: "key",
  missing: "key_missing",
  ofZone: false,
  async make(owner) {
    const { id, token } = await newKey(owner, { scopes: ["keys:write"] });
    expect(token).toMatch(/^rk_/);
    return { at: id };
  },
};

/** A zone's hostname: proven, but not published yet. */
const hostname: Thing = {
  kind: "hostname",
  missing: "zone_missing/hostnames/cdn.example.com",
  ofZone: true,
  async make(key) {
    const { id, name } = await newZone(key);
    const made = await claim(key, id);
    await env.DB.batch([
      env.DB.prepare("UPDATE hostnames SET state = 'active', proven_by = 'dns' WHERE zone_id = ?1").bind(id),
      env.DB.prepare(
        `INSERT INTO hosts (hostname, zone_id, account_id, revision, updated_at)
         SELECT hostname, zone_id, account_id, 1, 0 FROM hostnames WHERE zone_id = ?1`,
      ).bind(id),
    ]);
    return { at: `${id}/hostnames/${made.hostname}`, alias: `${name}/hostnames/${made.hostname}`, zone: id };
  },
};

/** Every call of `/v1` that takes a customer's key. */
export const RESCDN_RECIPES: Recipes = {
  "GET /v1/zones": { own: 200, about: null, path: () => "/v1/zones" },
  "POST /v1/zones": {
    own: 201,
    about: null,
    path: () => "/v1/zones",
    body: () => ({ name: newName(), origin: "https://a.example.com" }),
    restricted: 403,
  },
  "GET /v1/zones/{id}": { own: 200, about: zone, path: (at) => `/v1/zones/${at}` },
  "PATCH /v1/zones/{id}": {
    own: 200,
    about: zone,
    path: (at) => `/v1/zones/${at}`,
    body: () => ({ settings: { negative_ttl: 1 } }),
  },
  "DELETE /v1/zones/{id}": { own: 204, about: zone, path: (at) => `/v1/zones/${at}` },
  "GET /v1/zones/{id}/origins/health": { own: 200, about: zone, path: (at) => `/v1/zones/${at}/origins/health` },
  "GET /v1/zones/{id}/hostnames": { own: 200, about: zone, path: (at) => `/v1/zones/${at}/hostnames` },
  "POST /v1/zones/{id}/hostnames": {
    own: 201,
    about: zone,
    path: (at) => `/v1/zones/${at}/hostnames`,
    body: () => ({ hostname: newHostname() }),
  },
  "GET /v1/zones/{id}/hostnames/{hostname}": { own: 200, about: hostname, path: (at) => `/v1/zones/${at}` },
  "DELETE /v1/zones/{id}/hostnames/{hostname}": { own: 204, about: hostname, path: (at) => `/v1/zones/${at}` },
  "POST /v1/zones/{id}/hostnames/{hostname}/check": {
    own: 200,
    about: hostname,
    path: (at) => `/v1/zones/${at}/check`,
  },
  "GET /v1/zones/{id}/signing-keys": { own: 200, about: zone, path: (at) => `/v1/zones/${at}/signing-keys` },
  "POST /v1/zones/{id}/signing-keys": {
    own: 201,
    about: zone,
    path: (at) => `/v1/zones/${at}/signing-keys`,
    body: () => ({}),
  },
  "DELETE /v1/zones/{id}/signing-keys/{key}": { own: 204, about: signingKey, path: (at) => `/v1/zones/${at}` },
  "POST /v1/zones/{id}/sign": {
    own: 200,
    about: signingZone,
    path: (at) => `/v1/zones/${at}/sign`,
    body: () => ({ path: "/a.css" }),
  },
  "GET /v1/zones/{id}/tail": { own: 200, about: zone, path: (at) => `/v1/zones/${at}/tail?seconds=1` },
  "GET /v1/zones/{id}/logs": { own: 200, about: zone, path: (at) => `/v1/zones/${at}/logs` },
  "POST /v1/zones/{id}/logs/secret": {
    own: 200,
    about: loggedZone,
    path: (at) => `/v1/zones/${at}/logs/secret`,
    body: () => ({}),
  },
  "GET /v1/purge": { own: 200, about: zone, path: (at) => `/v1/purge?zone=${at}&path=/a.css` },
  "POST /v1/purge": {
    own: 200,
    about: zone,
    path: () => "/v1/purge",
    body: (at) => ({ zone: at, path: "/a.css" }),
  },
  "GET /v1/purges": { own: 200, about: zone, path: (at) => `/v1/purges?zone=${at}` },
  "GET /v1/purges/{id}": { own: 200, about: purge, path: (at) => `/v1/purges/${at}` },
  "POST /v1/prefetch": {
    own: 202,
    about: zone,
    path: () => "/v1/prefetch",
    body: (at) => ({ zone: at, paths: ["/a.css"], purge: true }),
  },
  "GET /v1/prefetch/{id}": { own: 200, about: prefetch, path: (at) => `/v1/prefetch/${at}` },
  "GET /v1/keys": { own: 200, about: null, path: () => "/v1/keys" },
  "POST /v1/keys": {
    own: 201,
    about: null,
    path: () => "/v1/keys",
    body: () => ({ name: "CI", scopes: ["keys:write"] }),
  },
  "GET /v1/keys/{id}": { own: 200, about: key, path: (at) => `/v1/keys/${at}` },
  "PATCH /v1/keys/{id}": { own: 200, about: key, path: (at) => `/v1/keys/${at}`, body: () => ({ name: "renamed" }) },
  "DELETE /v1/keys/{id}": { own: 204, about: key, path: (at) => `/v1/keys/${at}` },
  "POST /v1/keys/{id}/rotate": {
    own: 201,
    about: key,
    path: (at) => `/v1/keys/${at}/rotate`,
    body: () => ({ grace_seconds: 0 }),
  },
  "GET /v1/me": { own: 200, about: null, path: () => "/v1/me" },
  "GET /v1/audit": { own: 200, about: null, path: () => "/v1/audit" },
  "GET /v1/quota": { own: 200, about: null, path: () => "/v1/quota", restricted: 403, test: 403 },
  "PATCH /v1/quota": {
    own: 200,
    about: null,
    path: () => "/v1/quota",
    body: () => ({ requests_cap: 1_000_000 }),
    restricted: 403,
    test: 403,
  },
  "GET /v1/zones/{id}/files": { own: 200, about: zone, path: (at) => `/v1/zones/${at}/files` },
  "PUT /v1/zones/{id}/files/{path}": {
    own: 201,
    about: bucketZone,
    path: (at) => `/v1/zones/${at}/files/assets/a.css`,
    body: () => "a{}",
  },
  "DELETE /v1/zones/{id}/files/{path}": { own: 204, about: file, path: (at) => `/v1/zones/${at}` },
  "GET /v1/why": { own: 200, about: urlOfZone, path: (at) => `/v1/why?url=${encodeURIComponent(at)}` },
  "POST /v1/origin-check": {
    own: 200,
    about: null,
    path: () => "/v1/origin-check",
    body: () => ({ origin: "https://a.example.com" }),
  },
  "GET /v1/usage": { own: 200, about: zone, path: (at) => `/v1/usage?zone=${at}` },
  "GET /v1/usage/paths": { own: 200, about: zone, path: (at) => `/v1/usage/paths?zone=${at}` },
};
