import { CompactEncrypt, importJWK } from "jose";

/** What `rescdn login` puts into the address that it opens. */
export interface CommandLineRequest {
  name: string;
  scopes: readonly string[];
  /** A public key, whose private half only the command has. */
  key: { x: string; y: string };
  state: string;
  /** Where it listens on its machine's loopback interface. Null: it waits for somebody to type what is shown. */
  port: number | null;
}

/** Reads the address. Null: it was not made by the command. */
export function readRequest(search: string): CommandLineRequest | null {
  const query = new URLSearchParams(search);
  const [name, state] = [query.get("name") ?? "", query.get("state") ?? ""];
  const [x = "", y = ""] = (query.get("key") ?? "").split(".");
  const port = query.get("port");
  const isWhole = [x, y].every((part) => /^[\w-]{43}$/.test(part)) && /^[\w-]{16,64}$/.test(state);
  const isPort = port === null || (/^\d{4,5}$/.test(port) && Number(port) > 1023 && Number(port) < 65_536);
  if (!isWhole || !isPort || name === "" || name.length > 200) return null;
  const scopes = (query.get("scopes") ?? "").split(" ").filter(Boolean);
  return { name, scopes, key: { x, y }, state, port: port === null ? null : Number(port) };
}

/** An answer that only the command can read (RFC 7516), and that it knows it has asked for. */
export async function answerTo({ key, state }: CommandLineRequest, answer: object): Promise<string> {
  const publicKey = await importJWK({ kty: "EC", crv: "P-256", ...key }, "ECDH-ES");
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify({ ...answer, state })))
    .setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM" })
    .encrypt(publicKey);
}
