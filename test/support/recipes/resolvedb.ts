import { expect } from "vitest";
import { newNamespaceName, newRecord, rest } from "../records-api.ts";
import type { Product, Recipes, Thing } from "./recipe.ts";

/** Makes something with a POST, and returns the part of the answer under a name. */
async function made<Shown>(key: string, path: string, body: unknown, name: string): Promise<Shown> {
  const answer = await rest(path, { method: "POST", key, body });
  expect(answer.ok, `POST ${path} → ${answer.status}`).toBe(true);
  return (await answer.json<Record<string, Shown>>())[name]!;
}

export const RESOLVEDB: Product = {
  scheme: "bearer",
  scopes: ["read", "write"],
  keyOf: ({ resolvedb }) => resolvedb,
  otherKeyOf: ({ live }) => live,
  shown: (key) => ({ authorization: `Bearer ${key}` }),
  newKey: (key, { scopes }) => made(key, "/api_keys", { api_key: { name: "new", scopes } }, "api_key"),
  revocation: (id) => `/api/v1/api_keys/${id}`,
};

const record: Thing = {
  kind: "record",
  missing: "rec_missing",
  ofZone: false,
  make: async (key) => ({ at: (await newRecord(key, `config.${newNamespaceName()}.v1`)).id }),
};

/** Without records, so that it can be deleted. */
const namespace: Thing = {
  kind: "namespace",
  missing: "nobodys",
  ofZone: false,
  async make(key) {
    const name = newNamespaceName();
    await made(key, "/namespaces", { namespace: { name } }, "namespace");
    return { at: name };
  },
};

const queryToken: Thing = {
  kind: "query token",
  missing: "nobodys/query_tokens/qtok_missing",
  ofZone: false,
  async make(key) {
    const { at } = await namespace.make(key);
    const path = `/namespaces/${at}/query_tokens`;
    const { id } = await made<{ id: string }>(key, path, { query_token: { name: "A" } }, "query_token");
    return { at: `${at}/query_tokens/${id}` };
  },
};

const apiKey: Thing = {
  kind: "API key",
  missing: "key_missing",
  ofZone: false,
  make: async (key) => ({ at: (await RESOLVEDB.newKey(key, { scopes: ["write"] })).id }),
};

const webhook: Thing = {
  kind: "webhook",
  missing: "hook_missing",
  ofZone: false,
  async make(key) {
    const body = { webhook: { url: "https://hooks.example.com/", events: ["record.deleted"] } };
    return { at: (await made<{ id: string }>(key, "/webhooks", body, "webhook")).id };
  },
};

const delivery: Thing = {
  kind: "delivery",
  missing: "hook_missing/deliveries/evt_missing",
  ofZone: false,
  async make(key) {
    const { at } = await webhook.make(key);
    const { id } = await made<{ id: string }>(key, `/webhooks/${at}/test`, undefined, "delivery");
    return { at: `${at}/deliveries/${id}` };
  },
};

const data = "e30=";

/** Every call of `/api/v1` that takes a customer's key. */
export const RESOLVEDB_RECIPES: Recipes = {
  "GET /api/v1/records": { own: 200, about: null, path: () => "/api/v1/records" },
  "POST /api/v1/records": {
    own: 201,
    about: null,
    path: () => "/api/v1/records",
    body: () => ({ record: { key: `a.${newNamespaceName()}.v1`, data } }),
  },
  "GET /api/v1/records/{id}": { own: 200, about: record, path: (at) => `/api/v1/records/${at}` },
  "PATCH /api/v1/records/{id}": {
    own: 200,
    about: record,
    path: (at) => `/api/v1/records/${at}`,
    body: () => ({ record: { ttl: 1 } }),
  },
  "DELETE /api/v1/records/{id}": { own: 204, about: record, path: (at) => `/api/v1/records/${at}` },
  "GET /api/v1/namespaces": { own: 200, about: null, path: () => "/api/v1/namespaces" },
  "POST /api/v1/namespaces": {
    own: 201,
    about: null,
    path: () => "/api/v1/namespaces",
    body: () => ({ namespace: { name: newNamespaceName() } }),
  },
  "GET /api/v1/namespaces/{name}": { own: 200, about: namespace, path: (at) => `/api/v1/namespaces/${at}` },
  "PATCH /api/v1/namespaces/{name}": {
    own: 200,
    about: namespace,
    path: (at) => `/api/v1/namespaces/${at}`,
    body: () => ({ namespace: { visibility: "private" } }),
  },
  "DELETE /api/v1/namespaces/{name}": { own: 204, about: namespace, path: (at) => `/api/v1/namespaces/${at}` },
  "GET /api/v1/namespaces/{name}/query_tokens": {
    own: 200,
    about: namespace,
    path: (at) => `/api/v1/namespaces/${at}/query_tokens`,
  },
  "POST /api/v1/namespaces/{name}/query_tokens": {
    own: 201,
    about: namespace,
    path: (at) => `/api/v1/namespaces/${at}/query_tokens`,
    body: () => ({ query_token: { name: "A" } }),
  },
  "DELETE /api/v1/namespaces/{name}/query_tokens/{id}": {
    own: 204,
    about: queryToken,
    path: (at) => `/api/v1/namespaces/${at}`,
  },
  "GET /api/v1/webhooks/events": { own: 200, about: null, path: () => "/api/v1/webhooks/events" },
  "GET /api/v1/webhooks": { own: 200, about: null, path: () => "/api/v1/webhooks" },
  "POST /api/v1/webhooks": {
    own: 201,
    about: null,
    path: () => "/api/v1/webhooks",
    body: () => ({ webhook: { url: "https://hooks.example.com/", events: ["record.deleted"] } }),
  },
  "GET /api/v1/webhooks/{id}": { own: 200, about: webhook, path: (at) => `/api/v1/webhooks/${at}` },
  "PATCH /api/v1/webhooks/{id}": {
    own: 200,
    about: webhook,
    path: (at) => `/api/v1/webhooks/${at}`,
    body: () => ({ webhook: { enabled: false } }),
  },
  "DELETE /api/v1/webhooks/{id}": { own: 204, about: webhook, path: (at) => `/api/v1/webhooks/${at}` },
  "POST /api/v1/webhooks/{id}/rotate_secret": {
    own: 200,
    about: webhook,
    path: (at) => `/api/v1/webhooks/${at}/rotate_secret`,
  },
  "POST /api/v1/webhooks/{id}/test": { own: 202, about: webhook, path: (at) => `/api/v1/webhooks/${at}/test` },
  "GET /api/v1/webhooks/{id}/deliveries": {
    own: 200,
    about: webhook,
    path: (at) => `/api/v1/webhooks/${at}/deliveries`,
  },
  "POST /api/v1/webhooks/{id}/deliveries/{delivery}/retry": {
    own: 202,
    about: delivery,
    path: (at) => `/api/v1/webhooks/${at}/retry`,
  },
  "GET /api/v1/api_keys": { own: 200, about: null, path: () => "/api/v1/api_keys" },
  "POST /api/v1/api_keys": {
    own: 201,
    about: null,
    path: () => "/api/v1/api_keys",
    body: () => ({ api_key: { name: "A", scopes: ["write"] } }),
  },
  "DELETE /api/v1/api_keys/{id}": { own: 204, about: apiKey, path: (at) => `/api/v1/api_keys/${at}` },
  "GET /api/v1/me": { own: 200, about: null, path: () => "/api/v1/me" },
};
