/** How ResolveDB's public Go client reads a text, rule by rule (its response.go and crypto.go). */

export interface GoResponse {
  status: string;
  format: string;
  data: Uint8Array | null;
  error: string;
}

/** Keys that are not data if there is no `d`. */
const RESERVED = new Set(["v", "s", "t", "e", "f", "ttl", "d", "err", "chunks", "chunk", "hash", "ts"]);

/** `ParseResponse`. @throws its error */
export function parseResponse(text: string): GoResponse {
  const read: GoResponse = { status: "", format: "", data: null, error: "" };
  let [version, encoding] = ["", ""];
  const others: Record<string, string> = {};
  for (const part of text.split(";")) {
    const split = part.indexOf("=");
    if (split < 0) continue;
    const [key, value] = [part.slice(0, split), part.slice(split + 1)];
    if (key === "v") version = value;
    else if (key === "s") read.status = value;
    else if (key === "e") encoding = value;
    else if (key === "f") read.format = value;
    else if (key === "err") read.error = value;
    // Decoded when it is encountered, so `e` must come before it.
    else if (key === "d") read.data = decoded(value, encoding);
    else if (!RESERVED.has(key)) others[key] = value;
  }
  if (version === "") throw new Error("parse response: resolvedb: invalid response format");
  if (read.data === null && Object.keys(others).length > 0)
    read.data = new TextEncoder().encode(JSON.stringify(others));
  return read;
}

function decoded(value: string, encoding: string): Uint8Array {
  if (encoding === "b64" || encoding === "base64") return Uint8Array.fromBase64(value, { alphabet: "base64url" });
  return new TextEncoder().encode(value);
}

/** `Response.Unmarshal` into anything but a string. @throws its errors */
export function unmarshal({ data, format }: GoResponse): unknown {
  if (data === null) throw new Error("resolvedb [E004]: resource not found");
  if (format === "text") throw new Error("cannot unmarshal text into any");
  return JSON.parse(new TextDecoder().decode(data));
}

/** AES-256-GCM as in its `security.Encrypt`: nonce, ciphertext, tag. */
export async function seal(plain: string, key: CryptoKey): Promise<Uint8Array> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(plain));
  return new Uint8Array([...iv, ...new Uint8Array(sealed)]);
}

/** `Client.GetEncrypted`, from the text on. */
export async function openEncrypted(text: string, key: CryptoKey): Promise<unknown> {
  const response = parseResponse(text);
  if (response.data === null) throw new Error("decrypt: ciphertext too short");
  const [iv, sealed] = [response.data.slice(0, 12), response.data.slice(12)];
  const data = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed));
  return unmarshal({ ...response, data });
}
