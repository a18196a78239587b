/** What a client may find under one of its names: the mark that its last change left, or no zone. */
export type Mark = number | null;

/** What one client knows of one zone name: what was acknowledged to it, and what it asked for without an answer. */
export class Ledger {
  readonly name: string;
  /** What the last acknowledged change left. */
  acknowledged: Mark = null;
  /** What a change left that was asked for and not acknowledged, where there is one. */
  pending: { mark: Mark } | null = null;
  /** Everything that the edge serves came from the origin after its answer of this number: it was purged. */
  purgedUpTo = 0;

  constructor(name: string) {
    this.name = name;
  }

  /** Why a mark that was found after a crash cannot be; null where it can, and then it is what counts from now on. */
  settle(found: Mark): string | null {
    const allowed = [this.acknowledged, ...(this.pending === null ? [] : [this.pending.mark])];
    if (!allowed.includes(found)) return `${this.name} is at ${found}, and only ${allowed.join(" or ")} can be`;
    this.acknowledged = found;
    this.pending = null;
    return null;
  }
}
