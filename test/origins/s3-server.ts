import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Listening, listen } from "./listen.ts";

/** A request as Signature Version 4 sees it: all as it stood on the wire. */
export interface SignedRequest {
  method: string;
  /** Path and query. */
  target: string;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
}

/** Whose signature is made: the key's secret, and for what it is. */
export interface Scope {
  secret: string;
  region: string;
  service: string;
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/**
 * The signature of a request, computed as AWS describes it ("Create a signed AWS API request"), by nothing of the product and
 * nothing of its library.
 *
 * @param names of the signed headers, as `SignedHeaders` has them
 * @param at the time of the signature, `YYYYMMDDTHHMMSSZ`
 */
export function signatureOf(
  { method, target, headers }: SignedRequest,
  names: readonly string[],
  { secret, region, service }: Scope,
  at: string,
): string {
  const [path = "", query = ""] = target.split(/\?(.*)/s);
  const canonical = [
    method,
    path
      .split("/")
      .map((segment) => encoded(decoded(segment)))
      .join("/"),
    query
      .split("&")
      .filter(Boolean)
      .map((pair) => pair.split(/=(.*)/s))
      .map(([name = "", value = ""]) => `${encoded(decoded(name))}=${encoded(decoded(value))}`)
      .sort()
      .join("&"),
    ...names.map((name) => `${name}:${(headers[name] ?? "").trim().replace(/ +/g, " ")}`),
    "",
    names.join(";"),
    headers["x-amz-content-sha256"] ?? sha256(""),
  ].join("\n");
  const day = at.slice(0, 8);
  const toSign = ["AWS4-HMAC-SHA256", at, `${day}/${region}/${service}/aws4_request`, sha256(canonical)].join("\n");
  const key = [region, service, "aws4_request"].reduce<Buffer>(
    (made, part) => hmac(made, part),
    hmac(`AWS4${secret}`, day),
  );
  return createHmac("sha256", key).update(toSign).digest("hex");
}

function decoded(text: string): Buffer {
  const bytes: number[] = [];
  for (const [char, digits] of text.matchAll(/%([0-9a-fA-F]{2})|[\s\S]/g)) {
    if (digits === undefined) bytes.push(...Buffer.from(char));
    else bytes.push(Number.parseInt(digits, 16));
  }
  return Buffer.from(bytes);
}

function encoded(bytes: Buffer): string {
  return [...bytes]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[A-Za-z0-9._~-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}

interface S3Error {
  status: number;
  code: string;
  /** What else the error tells, such as what was to be signed: none of it is for clients. */
  more?: string;
}

/**
 * A bucket, asked by path, that answers nobody whose signature does not hold. Servers that npm has either do not compute
 * signatures of version 4, or bring a hundred packages; what this one computes is held to AWS's published examples.
 */
export class S3Server {
  readonly url: string;
  readonly bucket = "my-bucket";
  readonly region = "eu-test-1";
  readonly accessKeyId = "AKIATESTS";
  readonly secret = `s3-secret-${crypto.randomUUID()}`;
  /** By key. */
  readonly objects = new Map<string, { body: string; etag: string }>();
  /** What it was asked. */
  readonly requests: SignedRequest[] = [];
  /** What it answers in the place of everything; null: nothing. */
  failsWith: S3Error | null = null;
  /** How far its clock is ahead, ms. */
  skew = 0;
  readonly #listening: Listening;

  private constructor(listening: Listening) {
    this.#listening = listening;
    this.url = `${listening.url}/my-bucket`;
  }

  static async start(): Promise<S3Server> {
    const http = createServer((request, response) => server.#answer(request, response));
    const server: S3Server = new S3Server(await listen(http));
    return server;
  }

  /** `origin_auth` for this bucket. */
  get auth() {
    return { type: "s3", region: this.region, access_key_id: this.accessKeyId, secret: this.secret };
  }

  put(key: string, body: string): void {
    this.objects.set(key, { body, etag: `"${sha256(body).slice(0, 32)}"` });
  }

  close(): Promise<void> {
    return this.#listening.close();
  }

  #answer(incoming: IncomingMessage, response: ServerResponse): undefined {
    const { method = "", url = "" } = incoming;
    const request = { method, target: url, headers: incoming.headers as SignedRequest["headers"] };
    this.requests.push(request);
    response.setHeader("Date", new Date(Date.now() + this.skew).toUTCString());
    response.setHeader("x-amz-request-id", "internal-to-the-bucket");
    const error = this.failsWith ?? this.#refusalOf(request);
    if (error !== null) return this.#fail(response, method, error);
    const [path = "", query = ""] = url.split("?");
    const [, bucket = "", ...parts] = path.split("/");
    const key = decoded(parts.join("/")).toString();
    if (bucket !== this.bucket) return this.#fail(response, method, { status: 404, code: "NoSuchBucket" });
    if (key === "" || query !== "") {
      response.setHeader("Content-Type", "application/xml");
      response.end(`<ListBucketResult>${[...this.objects.keys()].join()}</ListBucketResult>`);
      return;
    }
    const object = this.objects.get(key);
    if (object === undefined) return this.#fail(response, method, { status: 404, code: "NoSuchKey", more: key });
    const { body, etag } = object;
    response.setHeader("ETag", etag).setHeader("Content-Type", "text/plain").setHeader("Accept-Ranges", "bytes");
    if (request.headers["if-none-match"] === etag) {
      response.writeHead(304).end();
      return;
    }
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const bytes = Buffer.from(body);
    const part = first === undefined ? bytes : bytes.subarray(Number(first), Number(last) + 1);
    const label = `bytes ${first}-${Number(first) + part.length - 1}/${bytes.length}`;
    response.writeHead(first === undefined ? 200 : 206, {
      "Content-Length": part.length,
      ...(first !== undefined && { "Content-Range": label }),
    });
    response.end(method === "HEAD" ? undefined : part);
  }

  /** As S3 checks a request. */
  #refusalOf(request: SignedRequest): S3Error | null {
    const { authorization = "" } = request.headers;
    const form =
      /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;
    const [, id, day, region, signed = "", signature = ""] = form.exec(authorization) ?? [];
    if (id === undefined) return { status: 403, code: "AccessDenied" };
    if (id !== this.accessKeyId) return { status: 403, code: "InvalidAccessKeyId", more: id };
    if (region !== this.region)
      return { status: 400, code: "AuthorizationHeaderMalformed", more: `<Region>${this.region}</Region>` };
    const at = request.headers["x-amz-date"] ?? "";
    const time = Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
    if (!(Math.abs(Date.now() + this.skew - time) <= 900_000)) return { status: 403, code: "RequestTimeTooSkewed" };
    const names = signed.split(";");
    const amz = Object.keys(request.headers).filter((name) => name.startsWith("x-amz-"));
    if (day !== at.slice(0, 8) || !["host", ...amz].every((name) => names.includes(name)))
      return { status: 403, code: "AccessDenied", more: "not all that has to be is signed" };
    const expected = signatureOf(request, names, { secret: this.secret, region: this.region, service: "s3" }, at);
    if (timingSafeEqual(Buffer.from(expected), Buffer.from(signature))) return null;
    return { status: 403, code: "SignatureDoesNotMatch", more: `<AWSAccessKeyId>${id}</AWSAccessKeyId>` };
  }

  #fail(response: ServerResponse, method: string, { status, code, more = "" }: S3Error): undefined {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>inside</Message>${more}<HostId>internal-to-the-bucket</HostId></Error>`;
    response.writeHead(status, { "Content-Type": "application/xml", "Content-Length": Buffer.byteLength(xml) });
    response.end(method === "HEAD" ? undefined : xml);
  }
}
