import type { NamespaceDocument } from "./documents.ts";

/** A namespace as D1 holds it. Times in ms since the epoch. */
export interface NamespaceRow {
  name: string;
  account: string;
  visibility: NamespaceDocument["visibility"];
  revision: number;
  createdAt: number;
  updatedAt: number;
  /** The number of records in it. */
  records: number;
}
