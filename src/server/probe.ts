import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { buffer } from "node:stream/consumers";
import type { PeerCertificate, TLSSocket } from "node:tls";

/** What a URL answered. */
export interface Answer {
  kind: "answer";
  status: number;
  headers: Headers;
  body: Buffer;
  /** From the request to the first byte, ms. */
  ms: number;
  /** The connection's certificate; null over http. */
  certificate: PeerCertificate | null;
}

/** Why a URL could not be reached, as the predicate of a sentence. */
export interface Unreachable {
  kind: "unreachable";
  reason: string;
}

export interface ProbeOptions {
  /** The address at which the URL's host is asked, instead of where its name leads. */
  at?: string | undefined;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

const TIMEOUT_MS = 20_000;

/** Requests a URL once, without following redirects or remembering anything. */
export function probe(url: string, options: ProbeOptions = {}): Promise<Answer | Unreachable> {
  const { host, hostname, pathname, search } = new URL(url);
  const { at, method = "GET", body } = options;
  const target = new URL(at ?? url);
  const isSecure = target.protocol === "https:";
  const began = performance.now();
  return new Promise((resolve) => {
    const unreachable = (error: NodeJS.ErrnoException) =>
      resolve({ kind: "unreachable", reason: reasonOf(error, target) });
    const outgoing = (isSecure ? httpsRequest : httpRequest)({
      // RFC 6761 §6.3: localhost and everything below it is this machine.
      hostname: target.hostname.endsWith(".localhost") ? "localhost" : target.hostname.replace(/^\[|\]$/g, ""),
      port: target.port || (isSecure ? 443 : 80),
      path: pathname + search,
      method,
      headers: { host, "user-agent": "rescdn", ...options.headers },
      ...(isSecure && { servername: hostname }),
      agent: false,
      timeout: TIMEOUT_MS,
    });
    outgoing.on("response", (incoming) => {
      const ms = performance.now() - began;
      const certificate = isSecure ? (incoming.socket as TLSSocket).getPeerCertificate() : null;
      const headers = new Headers();
      for (const [name, values] of Object.entries(incoming.headersDistinct))
        for (const value of values ?? []) headers.append(name, value);
      buffer(incoming).then(
        (read) => resolve({ kind: "answer", status: incoming.statusCode ?? 0, headers, body: read, ms, certificate }),
        unreachable,
      );
    });
    outgoing.on("timeout", () => outgoing.destroy(Object.assign(new Error("timeout"), { code: "ETIMEDOUT" })));
    outgoing.on("error", unreachable);
    outgoing.end(body);
  });
}

function reasonOf({ code, message }: NodeJS.ErrnoException, { host }: URL): string {
  switch (code) {
    case "ENOTFOUND":
      return `has no address: its DNS record is missing, or not known everywhere yet`;
    case "ECONNREFUSED":
      return `has nothing that listens at ${host}`;
    case "ETIMEDOUT":
      return "does not answer in time";
    case "CERT_HAS_EXPIRED":
      return "has a certificate that has expired";
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return "has a certificate for other names";
    default:
      return code?.includes("CERT") || code?.startsWith("ERR_SSL") || code === "EPROTO"
        ? `has no TLS that can be trusted (${code})`
        : `cannot be asked (${code ?? message})`;
  }
}
