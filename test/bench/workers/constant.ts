/** Answers the same again and again, with as little work as this runtime allows. */
import { assetBody } from "../asset-body.ts";

interface Env {
  SIZE: number;
  FORM: "bytes" | "blob";
  HEADERS: [string, string][];
}

let prepared: { headers: Headers; bytes: Uint8Array<ArrayBuffer>; blob: Blob } | null = null;

export default {
  fetch(_request: Request, env: Env): Response {
    prepared ??= prepare(env);
    const { headers, bytes, blob } = prepared;
    return new Response(env.FORM === "bytes" ? bytes : blob.stream(), { headers });
  },
};

function prepare({ SIZE, HEADERS }: Env) {
  const bytes = assetBody(SIZE);
  return { headers: new Headers(HEADERS), bytes, blob: new Blob([bytes]) };
}
