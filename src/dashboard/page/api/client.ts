import createClient from "openapi-fetch";
import type { paths } from "../../../../dist/api-types/rescdn.d.ts";
import type { paths as recordPaths } from "../../../../dist/api-types/resolvedb.d.ts";
import { account, mode, noteSignedOut } from "../state/session.ts";
import { fetchOnce } from "./early.ts";

export type { RecordSchemas, Schemas } from "./schemas.ts";

const baseUrl = location.origin;
const fetch = fetchOnce;

/** ResCDN's API, called as the signed-in person. */
export const rescdn = createClient<paths>({ baseUrl, fetch });
/** ResolveDB's API, called as the signed-in person. */
export const resolvedb = createClient<recordPaths>({ baseUrl, fetch });

for (const client of [rescdn, resolvedb])
  client.use({
    onRequest({ request }) {
      if (account.value !== null) request.headers.set("x-rescdn-account", account.value.id);
      if (mode.value === "test") request.headers.set("x-rescdn-mode", "test");
      return request;
    },
    onResponse({ response }) {
      if (response.status === 401) noteSignedOut();
    },
  });
