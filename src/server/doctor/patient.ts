/** What is examined. */
export interface Patient {
  /** The API's URL, without a slash at its end. */
  api: string;
  /** URL of an asset of a zone; null: what needs one is left out. */
  asset: string | null;
  /** Where both are asked in the place of where their names lead. */
  at: string | undefined;
  /** A key that may purge; null: what needs one is left out. */
  key: string | null;
  adminToken: string | null;
  /** So long a purge may take to be seen, ms. */
  purgeMs: number;
}
