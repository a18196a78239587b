import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Listening, listen } from "../origins/listen.ts";

/** What stands in front of a server where TLS ends: it says so, as proxies do. Its certificate is nobody's. */
export async function startTlsProxy(toPort: number): Promise<Listening> {
  const { key, cert } = await selfSigned();
  const proxy = createServer({ key, cert, maxHeaderSize: 1_048_576 }, (asked, answer) => {
    const headers = { ...asked.headers, "x-forwarded-proto": "https" };
    const sent = request({ port: toPort, method: asked.method, path: asked.url, headers }, (came) => {
      answer.writeHead(came.statusCode ?? 502, came.rawHeaders);
      came.pipe(answer);
    });
    sent.on("error", () => answer.destroy());
    asked.pipe(sent);
  });
  return listen(proxy);
}

async function selfSigned(): Promise<{ key: string; cert: string }> {
  const folder = await mkdtemp(join(tmpdir(), "rescdn-tls-"));
  try {
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out", cert];
    await promisify(execFile)("openssl", ["req", "-x509", ...made, "-days", "2", "-subj", "/CN=shop.test"]);
    return { key: await readFile(key, "utf8"), cert: await readFile(cert, "utf8") };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
