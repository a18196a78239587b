import { CannotStart } from "./cannot-start.ts";
import type { ControlPlane } from "./demo-account.ts";

/** The answer to one call of `POST /admin/restore`. */
export interface RestoredPage {
  kind: RestoredTable;
  published: number;
  changes: { name: string; became: "changed" | "back" | "gone"; fields: string[] }[];
  cursor: string | null;
}

export const RESTORED_TABLES = ["accounts", "zones", "hosts", "namespaces", "records"] as const;
export type RestoredTable = (typeof RESTORED_TABLES)[number];

/** A restore was interrupted; the message says how to continue it. */
export class RestoreBroken extends CannotStart {}

/** Pauses before a failed call is repeated, ms. */
const PAUSES_MS = [500, 1_000, 2_000, 4_000, 8_000, 16_000];

/**
 * Calls a running server until it has published everything that its database says again.
 *
 * @param cursor where an earlier restore was interrupted; null: from the beginning
 * @param onPage called with what each call has done
 * @throws {CannotStart}
 */
export async function restoreByCalls(
  api: ControlPlane,
  cursor: string | null,
  onPage: (page: RestoredPage) => void,
  pauses: readonly number[] = PAUSES_MS,
): Promise<void> {
  let next = cursor;
  do {
    const page = await callUntilDone(api, next, pauses);
    onPage(page);
    next = page.cursor;
  } while (next !== null);
}

async function callUntilDone(
  api: ControlPlane,
  cursor: string | null,
  pauses: readonly number[],
): Promise<RestoredPage> {
  let reason = "";
  for (const pause of [0, ...pauses]) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    const answer = await call(api, cursor);
    if (answer.kind === "done") return answer.page;
    reason = answer.reason;
    if (answer.kind === "refused") break;
  }
  const goOn = cursor === null ? "call it again" : `go on with --resume '${cursor}'`;
  throw new RestoreBroken(`the restore is not finished: ${reason}. When that is fixed, ${goOn}`);
}

type Answer = { kind: "done"; page: RestoredPage } | { kind: "refused" | "failed"; reason: string };

async function call({ url, adminToken }: ControlPlane, cursor: string | null): Promise<Answer> {
  try {
    const answer = await fetch(`${url}/admin/restore`, {
      method: "POST",
      headers: { Authorization: `Bearer ${adminToken}`, "Content-Type": "application/json" },
      body: JSON.stringify({ cursor }),
      redirect: "manual",
    });
    const text = await answer.text();
    if (answer.status === 200) return { kind: "done", page: JSON.parse(text) as RestoredPage };
    const reason = `${url} answers ${answer.status}: ${sentenceOf(text)}`;
    return { kind: answer.status >= 500 || answer.status === 429 ? "failed" : "refused", reason };
  } catch (error) {
    const { cause, message } = error as Error;
    return { kind: "failed", reason: `${url} does not answer: ${cause instanceof Error ? cause.message : message}` };
  }
}

function sentenceOf(text: string): string {
  try {
    return String((JSON.parse(text) as { error: unknown }).error);
  } catch {
    return text.slice(0, 200);
  }
}
