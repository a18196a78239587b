import { type Answer, probe, type Unreachable } from "../probe.ts";
import { bad, type Finding, hint, notChecked, ok } from "./finding.ts";
import type { Patient } from "./patient.ts";

/** Whether the API is ready, and which version it has. */
export function checkHealth(answer: Answer | Unreachable, api: string): Finding[] {
  if (answer.kind === "unreachable")
    return [
      bad("API", `${new URL(api).host} ${answer.reason}`, "start it, or look at its DNS record, route and firewall"),
    ];
  const said = read(answer);
  if (answer.status === 200 && said?.status === "ok")
    return [ok("API", `ready in ${Math.round(answer.ms)} ms`), ok("version", String(said.version ?? "of one machine"))];
  const reason = String(said?.reason ?? answer.body.toString().slice(0, 120));
  const todo = reason.includes("needs the migrations")
    ? "npm run migrate -- --remote (one machine: restart it, it migrates by itself)"
    : reason.includes("newer version")
      ? "deploy the version that goes with the database, or take it back: npm run migrate -- --back-to (src/docs/operating.md)"
      : answer.status === 503
        ? "look at D1, or at the disk of STATE_DIR, and at the log"
        : "this host is not answered by the API: look at API_HOSTS, and at the route or proxy in front";
  return [bad("API", `/health answers ${answer.status}: ${reason}`, todo)];
}

/** If clocks differ by more than this, signatures and expiries are judged wrongly, ms. */
const CLOCK_MS = 5_000;

/** Whether the server's clock agrees with this machine's. */
export function checkClock(health: Answer, metrics: Answer | Unreachable | null): Finding[] {
  const text = metrics?.kind === "answer" ? metrics.body.toString() : "";
  const told = /^rescdn_clock_seconds (\S+)$/m.exec(text)?.[1];
  const date = health.headers.get("date");
  const server = told !== undefined ? Number(told) * 1_000 : date !== null ? Date.parse(date) : null;
  if (server === null) return [notChecked("clock", "the server does not say; with ADMIN_TOKEN it does")];
  const difference = server - Date.now();
  if (Math.abs(difference) <= CLOCK_MS) return [ok("clock", "as this machine's, within 5 s")];
  const seconds = Math.round(difference / 1_000);
  return [
    bad(
      "clock",
      `${seconds} s from this machine's`,
      "set both by NTP: the server's clock decides about signed URLs and expiries",
    ),
  ];
}

/** How much is left of the limits of the key's account. */
export async function checkLimits({ api, at, key }: Patient): Promise<Finding> {
  if (key === null) return notChecked("limits", "set RESCDN_KEY to see the account's");
  const answer = await probe(`${api}/v1/quota`, { at, headers: { "x-rescdn-key": key } });
  if (answer.kind === "unreachable") return bad("limits", answer.reason, "see above");
  const limit = answer.headers.get("ratelimit");
  if (answer.status === 401)
    return bad("limits", "RESCDN_KEY is not a valid key", "create one with POST /v1/keys; npm start shows one, too");
  if (answer.status === 429)
    return bad(
      "limits",
      `the key is over its rate limit (${limit})`,
      "wait for Retry-After, and use a key of its own for each program",
    );
  const level = read(answer)?.level;
  if (level === "reached")
    return bad("limits", "the account's quota of this month is used up", "raise the plan or the caps: PATCH /v1/quota");
  if (level === "near")
    return hint(
      "limits",
      "80 % of the account's quota of this month is used",
      "raise the plan or the caps before it is reached",
    );
  if (answer.status !== 200 || limit === null)
    return bad(
      "limits",
      `/v1/quota answers ${answer.status}, RateLimit: ${limit}`,
      "a proxy in front may drop header fields",
    );
  return ok("limits", `quota ${level}, ${limit}`);
}

function read({ body }: Answer): Record<string, unknown> | null {
  try {
    return JSON.parse(body.toString()) as Record<string, unknown>;
  } catch {
    return null;
  }
}
