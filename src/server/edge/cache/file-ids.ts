import { createHash } from "node:crypto";
import { BoundedMap } from "../../../memo/bounded-map.ts";

/** How many URLs are remembered with their ids, and how long these may be (characters). */
const REMEMBERED_IDS = 4_096;
const LONGEST_URL = 1_024;

/** The ids of files, by the URLs of their responses. */
export class FileIds {
  readonly #groupOf: (url: string) => string;
  #lastGroup = { name: "", hash: groupHash("") };
  readonly #ids = new BoundedMap<string, string>({ entries: REMEMBERED_IDS }, "everything");

  /** @param groupOf the group of a URL; its hash ends the id */
  constructor(groupOf: (url: string) => string) {
    this.#groupOf = groupOf;
  }

  /** Begins with 128 bits of SHA-256: nobody can find a URL with the same id as another's. */
  of(url: string): string {
    const known = this.#ids.get(url);
    if (known !== undefined) return known;
    const group = this.#groupOf(url);
    if (group !== this.#lastGroup.name) this.#lastGroup = { name: group, hash: groupHash(group) };
    const id = sha256(url).slice(0, 32) + this.#lastGroup.hash;
    if (url.length <= LONGEST_URL) this.#ids.set(url, id);
    return id;
  }
}

/** If two groups have the same hash, each also loses what is removed for the other, and nothing worse. */
export function groupHash(group: string): string {
  return sha256(group).slice(0, 8);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
