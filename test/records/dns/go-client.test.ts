import { beforeAll, describe, expect, it } from "vitest";
import { openEncrypted, parseResponse, seal, unmarshal } from "../../support/go-client.ts";
import { PlayedNamespace, textOf } from "../../support/records.ts";

let space: PlayedNamespace;
beforeAll(async () => {
  space = await new PlayedNamespace("public").publish();
});
const get = (labels: string) => textOf(`get.${labels}.${space.name}.v1.resolvedb.net`);

describe("the public Go client", () => {
  it("opens what was sealed under its key: bytes that are no text say so", async () => {
    const key = await crypto.subtle.importKey("raw", new Uint8Array(32).fill(7), "AES-GCM", false, [
      "encrypt",
      "decrypt",
    ]);
    const secret = { api_key: "sk-prod; 1", database_url: "postgres://user:pass@host/db" };
    for (let round = 0; round < 20; round++) {
      await space.put(`sealed-${round}`, await seal(JSON.stringify(secret), key));
      const text = await get(`sealed-${round}`);
      expect(text).toMatch(/^v=rdb1;s=ok;t=data;e=b64;f=binary;/);
      expect(await openEncrypted(text, key)).toEqual(secret);
    }
  });

  it("reads JSON of any content", async () => {
    for (const [index, value] of [{ a: "b=c;d" }, ["ü", null], "x;y", 1.5, { "a;b": '"' }].entries()) {
      await space.put(`json-${index}`, JSON.stringify(value));
      expect(unmarshal(parseResponse(await get(`json-${index}`)))).toEqual(value);
    }
  });
});
