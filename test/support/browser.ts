import { env, exports } from "cloudflare:workers";
import { beforeAll, expect } from "vitest";
import { operated } from "./operator.ts";

/** The dashboard's origin in tests. */
export const DASHBOARD = "http://localhost";

/** Loads the sign-in code, which is hundreds of files, before the first test needs it. */
export function loadSignIn(): void {
  beforeAll(async () => {
    await import("../../src/people/signed-in.ts");
  }, 60_000);
}

/** A person's browser: it keeps cookies, and sends where its requests come from. */
export class Browser {
  readonly cookies = new Map<string, string>();

  /** Sends a request as a page of the dashboard does; `headers` override those of such a page. */
  async send(
    path: string,
    {
      method = "GET",
      body,
      headers = {},
    }: { method?: string; body?: unknown; headers?: Record<string, string | null> } = {},
  ): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const fields = new Headers({
      "cf-connecting-ip": "203.0.113.9",
      "sec-fetch-site": "same-origin",
      ...(method !== "GET" && { origin: DASHBOARD }),
      ...(cookie !== "" && { cookie }),
      ...(body !== undefined && { "content-type": "application/json" }),
    });
    for (const [name, value] of Object.entries(headers)) {
      if (value === null) fields.delete(name);
      else fields.set(name, value);
    }
    const answer = await exports.default.fetch(`${DASHBOARD}${path}`, {
      method,
      headers: fields,
      redirect: "manual",
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/max-age=0/i.test(cookie)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  /** Signs in with the link that an operator makes for the owner of an account. */
  async signInTo(account: string): Promise<void> {
    const { url } = await operated<{ url: string }>(`/accounts/${account}/sign-in-link`, undefined, "POST");
    const used = await this.send("/auth/links/use", { method: "POST", body: { token: new URL(url).hash.slice(1) } });
    expect(used.status, await used.clone().text()).toBe(200);
  }
}

/** A person's row in the tables of `env`, for tests that look behind the API. */
export async function personOf(email: string): Promise<{ id: string } | null> {
  return env.DB.prepare("SELECT id FROM people WHERE email = ?1").bind(email).first<{ id: string }>();
}
