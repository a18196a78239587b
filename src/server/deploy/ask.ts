import { cancel, confirm, intro, isCancel, text } from "@clack/prompts";
import { CannotStart } from "../cannot-start.ts";

/** The questions asked on a terminal during a deployment: by the names of variables. */
const QUESTIONS = [
  ["EDGE_DOMAINS", "Domain that zones are served below. Nothing else should live on it", "cdn-example.net"],
  ["DASHBOARD_HOST", "Host of the dashboard, on another domain; empty: none", "dash.example.com"],
  [
    "OPERATORS",
    "E-mail addresses of the people who operate the network; empty: nobody signs in as an operator",
    "you@example.com",
  ],
  [
    "MAIL_FROM",
    "Address that mail comes from, on a domain that may send by Cloudflare's Email Sending; empty: no mail",
    "",
  ],
] as const;

/** Asks for what was not given. @param current used for questions that are left unanswered */
export async function askFor(
  said: Record<string, string>,
  current: Record<string, string>,
): Promise<Record<string, string>> {
  intro("ResCDN");
  const answers: Record<string, string> = { ...said };
  for (const [name, message, placeholder] of QUESTIONS) {
    if (answers[name] !== undefined) continue;
    answers[name] = answered(await text({ message, placeholder, initialValue: current[name] ?? "" })) ?? "";
  }
  return answers;
}

/** The URL of an asset to try the edge with; empty: none. */
export async function askForAsset(): Promise<string> {
  const message = "URL of an asset of yours, such as https://www.example.com/logo.svg, to try the edge on; empty: none";
  return answered(await text({ message, initialValue: "" })) ?? "";
}

export async function askToGoOn(): Promise<boolean> {
  return answered(await confirm({ message: "Go on?" }));
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (!isCancel(answer)) return answer as Exclude<T, symbol>;
  cancel("Nothing was changed.");
  throw new CannotStart("cancelled");
}
