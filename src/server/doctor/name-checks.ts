import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Answer, Unreachable } from "../probe.ts";
import { bad, type Finding, hint, notChecked, ok } from "./finding.ts";
import type { Patient } from "./patient.ts";

/** Whether the names lead anywhere. */
export async function checkNames({ api, asset, at }: Patient): Promise<Finding[]> {
  if (at !== undefined) return [notChecked("DNS", `everything is asked at ${at}`)];
  const hosts = [api, ...(asset === null ? [] : [asset])].map((url) => new URL(url).hostname.replace(/^\[|\]$/g, ""));
  const domain = asset === null ? null : new URL(asset).hostname.replace(/^[^.]+\./, "");
  // A zone that is created tomorrow must be found too.
  if (domain?.includes(".")) hosts.push(`no--zone.${domain}`);
  return Promise.all([...new Set(hosts)].filter((host) => isIP(host) === 0).map((host) => checkName(host)));
}

async function checkName(host: string): Promise<Finding> {
  // RFC 6761 §6.3: the resolver that this machine's programs use may not know these names.
  if (/(^|\.)localhost$/.test(host)) return ok("DNS", `${host} is this machine`);
  try {
    const found = await lookup(host, { all: true });
    return ok("DNS", `${host} leads to ${found.map(({ address }) => address).join(", ")}`);
  } catch (error) {
    const name = host.startsWith("no--zone.") ? `*.${host.slice(host.indexOf(".") + 1)}` : host;
    const todo = `make the record AAAA ${name} 100:: (proxied) at Cloudflare, or one with your server's address, and wait for its TTL`;
    return bad("DNS", `${host} has no address (${(error as NodeJS.ErrnoException).code})`, todo);
  }
}

/** A certificate that expires within so many days has not been renewed automatically. */
const SOON_DAYS = 14;

export function checkCertificate(whose: string, answer: Answer | Unreachable): Finding[] {
  if (answer.kind === "unreachable") {
    if (!/certificate|TLS/.test(answer.reason)) return [];
    const todo =
      "order a certificate that covers the host (Cloudflare: SSL/TLS, Edge Certificates), or look at your proxy's";
    return [bad("certificate", `${whose}: ${answer.reason}`, todo)];
  }
  const { certificate } = answer;
  if (certificate === null)
    return [
      hint(
        "certificate",
        `${whose}: http, without TLS`,
        "in public, put nginx or Caddy in front: src/docs/operating.md",
      ),
    ];
  const days = Math.floor((Date.parse(certificate.valid_to) - Date.now()) / 86_400_000);
  const said = `${whose}: for ${certificate.subject?.CN ?? certificate.subjectaltname}, valid for ${days} more days`;
  if (days >= SOON_DAYS) return [ok("certificate", said)];
  return [bad("certificate", said, "see why it is not renewed: Cloudflare's Edge Certificates, or your proxy's log")];
}
