import { RESTORED_TABLES, type RestoredPage, type RestoredTable } from "./restore-calls.ts";

/** How many names are shown for each kind of change. */
const SHOWN_NAMES = 20;

interface Changes {
  count: number;
  /** The first of them, each with what has changed. */
  names: string[];
}

/** Adds up what a restore has done, and reports it. */
export class RestoreReport {
  readonly #published = new Map<RestoredTable, number>();
  readonly #changes = new Map<string, Changes>();

  add({ kind, published, changes }: RestoredPage): void {
    this.#published.set(kind, this.published(kind) + published);
    for (const { name, became, fields } of changes) {
      const known = this.changes(kind, became);
      known.count++;
      if (known.names.length < SHOWN_NAMES)
        known.names.push(fields.length === 0 ? name : `${name} (${fields.join(", ")})`);
      this.#changes.set(`${kind} ${became}`, known);
    }
  }

  /** Whether anything was done. */
  get isBegun(): boolean {
    return this.#published.size > 0;
  }

  /** How many of a kind were published again. */
  published(kind: RestoredTable): number {
    return this.#published.get(kind) ?? 0;
  }

  changes(kind: RestoredTable, became: RestoredPage["changes"][number]["became"]): Changes {
    return this.#changes.get(`${kind} ${became}`) ?? { count: 0, names: [] };
  }

  /** A few lines for each kind. */
  toString(): string {
    return RESTORED_TABLES.flatMap((kind) => [
      `${kind}: ${this.published(kind)} published again${kind === "zones" ? ", each purged as a whole" : ""}`,
      ...(["changed", "back", "gone"] as const).flatMap((became) => this.#line(kind, became)),
    ]).join("\n");
  }

  #line(kind: RestoredTable, became: "changed" | "back" | "gone"): string[] {
    const { count, names } = this.changes(kind, became);
    if (count === 0) return [];
    const others = count > names.length ? `, and ${count - names.length} more` : "";
    return [`  ${count} ${WORDS[became]}: ${names.join(", ")}${others}`];
  }
}

const WORDS = { changed: "changed back", back: "served again", gone: "not served any more" };
