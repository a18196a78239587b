import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { compactDecrypt, exportJWK, generateKeyPair } from "jose";

/** What the dashboard creates for this machine. */
export interface MadeKeys {
  rescdn: { id: string; token: string };
  resolvedb: { id: string; token: string } | null;
  account: string;
}

/**
 * A sign-in through the dashboard. Its page creates keys, encrypts them (JWE, RFC 7516) for a key pair that only this process
 * has, and sends the browser back to it on the loopback interface (RFC 8252 §7.3). So no key is revealed by the browser's
 * history, or to whoever sees the address or listens on another port. `state` distinguishes our answer from anything that
 * another page sends.
 */
export interface BrowserSignIn {
  /** The dashboard's page, with the data that it needs. */
  url: string;
  /** The result that came to the loopback interface. */
  keys: Promise<MadeKeys>;
  /** Reads what somebody has copied from the page. Null: it does not belong to this sign-in. */
  read(code: string): Promise<MadeKeys | null>;
  close(): void;
}

/** @param dashboard its origin @param scopes empty: all @param isHere whether the browser is on this machine */
export async function startSignIn(
  dashboard: string,
  scopes: readonly string[],
  isHere: boolean,
): Promise<BrowserSignIn> {
  const { publicKey, privateKey } = await generateKeyPair("ECDH-ES", { crv: "P-256" });
  const { x, y } = await exportJWK(publicKey);
  const state = randomBytes(16).toString("base64url");

  const read = async (code: string): Promise<MadeKeys | null> => {
    const opened = await compactDecrypt(code, privateKey, {
      keyManagementAlgorithms: ["ECDH-ES"],
      contentEncryptionAlgorithms: ["A256GCM"],
    }).catch(() => null);
    if (opened === null) return null;
    const answer = JSON.parse(new TextDecoder().decode(opened.plaintext)) as MadeKeys & { state: string };
    return answer.state === state ? answer : null;
  };

  const arrived = Promise.withResolvers<MadeKeys>();
  const server = createServer(async (request, response) => {
    const { port } = server.address() as AddressInfo;
    // If other host names for this address were accepted, another page could get in (DNS rebinding).
    const url =
      request.headers.host === `127.0.0.1:${port}` ? URL.parse(request.url ?? "", `http://127.0.0.1:${port}`) : null;
    const code = url?.pathname === "/signed-in" ? url.searchParams.get("code") : null;
    const keys = code === null ? null : await read(code);
    response.writeHead(keys === null ? 400 : 200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
      connection: "close",
    });
    response.end(
      keys === null
        ? page("Not signed in", WRONG)
        : page("Signed in", "Close this window, and go back to the terminal."),
    );
    if (keys !== null) arrived.resolve(keys);
  });
  if (isHere) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const url = new URL("/command-line", dashboard);
  url.search = new URLSearchParams({
    name: `rescdn on ${hostname()}`,
    ...(scopes.length > 0 && { scopes: scopes.join(" ") }),
    key: `${x}.${y}`,
    state,
    ...(isHere && { port: String((server.address() as AddressInfo).port) }),
  }).toString();
  return { url: url.href, keys: arrived.promise, read, close: () => server.close() };
}

const WRONG = "This answer does not belong to the sign-in that waits here. Run rescdn login again.";

function page(title: string, text: string): string {
  return `<!doctype html><html lang="en"><title>${title}</title><style>body{font:1rem system-ui;margin:4rem auto;max-width:30rem;padding:0 1rem;color-scheme:light dark}</style><h1>${title}</h1><p>${text}</p></html>`;
}
