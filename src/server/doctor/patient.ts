/** What is examined. */
export interface Patient {
  /** The API's URL, without a slash at the end. */
  api: string;
  /** URL of an asset of a zone; null: checks that need one are left out. */
  asset: string | null;
  /** The address at which both are asked, instead of where their names lead. */
  at: string | undefined;
  /** A key that may purge; null: checks that need one are left out. */
  key: string | null;
  adminToken: string | null;
  /** How long a purge may take to show, ms. */
  purgeMs: number;
}
