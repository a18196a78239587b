import { describe, expect, it } from "vitest";
import { newKeyring, readKeyring } from "../../src/secrets/keyring.ts";
import { open, seal } from "../../src/secrets/seal.ts";

const ring = (text = newKeyring()) => readKeyring(text)!;

describe("readKeyring()", () => {
  it("reads one key or more, and takes no text for a keyring that is none", () => {
    const [one, other] = [newKeyring(), newKeyring()];
    expect(ring(`${one} ${other}`).map(({ id, bytes }) => `${id}:${bytes.length}`)).toEqual([
      `${one.split(":")[0]}:32`,
      `${other.split(":")[0]}:32`,
    ]);
    expect(ring(`${one},${other}\n`)).toEqual(ring(`${one} ${other}`));
    for (const text of [
      "",
      " ",
      "key",
      "id:short",
      `${one} ${one}`,
      `${one} x`,
      one.slice(0, -1),
      one.replace(":", ""),
    ])
      expect(readKeyring(text), text).toBe(null);
  });
});

describe("seal()", () => {
  it("is undone by open() for the same place, under a keyring that has its key anywhere", () => {
    const keyring = newKeyring();
    const sealed = seal("a secret: ä", "zone_1 key_1", ring(keyring));
    expect(sealed).toMatch(/^[0-9A-Za-z_-]+\.[0-9A-Za-z_-]+$/);
    expect(open(sealed, "zone_1 key_1", ring(keyring))).toBe("a secret: ä");
    expect(open(sealed, "zone_1 key_1", ring(`${newKeyring()} ${keyring}`))).toBe("a secret: ä");
  });

  it("is opened for no other place, by no other keyring, and not with any character changed", () => {
    const keyring = ring();
    const sealed = seal("secret", "here", keyring);
    expect(open(sealed, "there", keyring)).toBe(null);
    expect(open(sealed, "here", ring())).toBe(null);
    for (let at = 0; at < sealed.length - 1; at++) {
      const changed = sealed.slice(0, at) + (sealed[at] === "A" ? "B" : "A") + sealed.slice(at + 1);
      expect(open(changed, "here", keyring), changed).toBe(null);
    }
    for (const text of ["", ".", "x", `${keyring[0].id}.`, `${keyring[0].id}.AAAA`])
      expect(open(text, "here", keyring)).toBe(null);
  });

  it("never makes the same twice", () => {
    const keyring = ring();
    expect(seal("secret", "here", keyring)).not.toBe(seal("secret", "here", keyring));
  });
});
