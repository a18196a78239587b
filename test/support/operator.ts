import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { call } from "./control-plane.ts";

export const OPERATOR = { authorization: `Bearer ${env.ADMIN_TOKEN}` };

/** A call by the operator. With a body it is a POST by default. */
export function operate(path: string, body?: unknown, method = body === undefined ? "GET" : "POST"): Promise<Response> {
  return call(`/admin${path}`, { method, headers: OPERATOR, ...(body !== undefined && { body }) });
}

/** A call by the operator that must succeed. */
export async function operated<Answer>(...args: Parameters<typeof operate>): Promise<Answer> {
  const answer = await operate(...args);
  expect([200, 201], await answer.clone().text()).toContain(answer.status);
  return answer.json<Answer>();
}

export const suspend = (account: string, reason = "unpaid since August") =>
  operated(`/accounts/${account}/suspend`, { reason });

export const resume = (account: string) => operated(`/accounts/${account}/resume`, undefined, "POST");
