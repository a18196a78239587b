/** Gives the same answer again and again, with as little work as this runtime allows. */
import { assetBody } from "../asset-body.ts";

interface Env {
  /** 200 by default. */
  STATUS?: number;
  SIZE: number;
  FORM: "bytes" | "blob";
  HEADERS: [string, string][];
}

interface Prepared {
  init: { status: number; headers: Headers; encodeBody: "manual" };
  bytes: Uint8Array<ArrayBuffer>;
  blob: Blob;
}

let prepared: Prepared | null = null;

export default {
  fetch(request: Request, env: Env): Response {
    prepared ??= prepare(env);
    const { init, bytes, blob } = prepared;
    if (request.method === "HEAD" || init.status === 304) return new Response(null, init);
    return new Response(env.FORM === "bytes" ? bytes : blob.stream(), init);
  },
};

function prepare({ STATUS = 200, SIZE, HEADERS }: Env): Prepared {
  const bytes = assetBody(SIZE);
  // The browser's types do not have encodeBody.
  const init = { status: STATUS, headers: new Headers(HEADERS), encodeBody: "manual" } as const;
  return { init, bytes, blob: new Blob([bytes]) };
}
