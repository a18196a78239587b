import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listen } from "../../origins/listen.ts";
import { ADMIN_TOKEN, newAccount } from "../new-account.ts";
import { request } from "../request.ts";
import { startServe } from "../serve-process.ts";

export const API = "api.cdn-example.net";
export const ZONE = "films.cdn-example.net";

/** A server of several processes behind a proxy, as an operator has it, with a zone that serves `/a.css`. */
export async function operated() {
  const folder = mkdtempSync(join(tmpdir(), "rescdn-operated-"));
  const clients: (string | undefined)[] = [];
  const origin = await listen(
    createServer(({ url, headers }, response) => {
      clients.push(String(headers["x-forwarded-for"]));
      response.writeHead(url === "/bad.css" ? 500 : 200, {
        "Content-Type": "text/css",
        "Cache-Control": "max-age=600",
      });
      response.end("body{}");
    }),
  );
  const server = await startServe({
    STATE_DIR: join(folder, "state"),
    WORKERS: "2",
    ADMIN_TOKEN,
    ALLOW_PRIVATE_ORIGINS: "true",
    TRUSTED_PROXIES: "127.0.0.1",
    EDGE_DOMAINS: "cdn-example.net rescdn.localhost",
    API_HOSTS: `${API} api.rescdn.localhost localhost`,
    DASHBOARD_HOST: "dash.example.com",
  });
  const { live } = await newAccount(server.port);
  const made = await request(server.port, API, "/v1/zones", {
    method: "POST",
    headers: { "X-ResCDN-Key": live },
    body: { name: "films", origin: origin.url, settings: { forward: { client_ip: true } } },
  });
  if (made.status !== 201) throw new Error(`no zone: ${made.body}`);
  return {
    folder,
    server,
    key: live,
    /** Whom the origin was told of, for each request. */
    clients,
    url: `http://127.0.0.1:${server.port}`,
    async close() {
      await server.stop();
      await origin.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A certificate for some names that nobody has signed. */
export function selfSigned(
  folder: string,
  days: number,
): { cert: Buffer; key: Buffer; certFile: string; keyFile: string } {
  const certFile = join(folder, `cert-${days}.pem`);
  const keyFile = join(folder, `key-${days}.pem`);
  const names = "subjectAltName=DNS:*.cdn-example.net,DNS:dash.example.com";
  const made = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-subj",
    "/CN=*.cdn-example.net",
  ];
  const rest = ["-days", String(days), "-addext", names, "-keyout", keyFile, "-out", certFile];
  execFileSync("openssl", [...made, ...rest], { stdio: "ignore" });
  return { cert: readFileSync(certFile), key: readFileSync(keyFile), certFile, keyFile };
}
