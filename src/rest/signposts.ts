import type { OpenAPIHono } from "@hono/zod-openapi";
import { type Settings, settingsOf } from "../settings.ts";
import type { RestEnv } from "./context.ts";

/** Tells visitors where to find things. */
export interface Signpost {
  name: string;
  docs: string;
  openapi: string;
  /** The API itself. */
  api: string;
  /** Where people sign in; null: nowhere. */
  dashboard: string | null;
}

/** Answers paths that only point to where things are. Needs no key. */
export function addSignposts(
  app: OpenAPIHono<RestEnv>,
  paths: readonly string[],
  signpost: Omit<Signpost, "dashboard">,
): void {
  for (const path of paths)
    app.get(path, (c) =>
      c.json({ ...signpost, dashboard: dashboardOf(c.req.url, settingsOf(c.env)) } satisfies Signpost),
    );
}

/** The dashboard is served by the same server, at a host of its own. */
function dashboardOf(asked: string, { dashboardHost, signInSecret }: Settings): string | null {
  if (dashboardHost === null || signInSecret === null) return null;
  const { protocol, port } = new URL(asked);
  return new URL(`${protocol}//${dashboardHost}${port && `:${port}`}`).origin;
}
