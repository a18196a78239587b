/** Why a server on one machine takes no writes: its disk is full, or refuses them (read-only, or an I/O error). */
export type DiskTrouble = "disk_full" | "disk_refuses";

/** As much as a small change needs (bytes). */
const PROBE_BYTES = 262_144;

/**
 * Whether something failed because of the state's disk. workerd only says so if a statement itself fails; if a transaction
 * cannot be committed it says "internal error". So this tries to write a file beside the database.
 *
 * @param disk a folder on the same disk as the state; undefined on Cloudflare, which has none
 */
export async function diskTrouble(error: unknown, disk: Fetcher | undefined): Promise<DiskTrouble | null> {
  if (disk === undefined) return null;
  const url = `http://disk/${crypto.randomUUID()}`;
  try {
    const written = await disk.fetch(url, { method: "PUT", body: new Uint8Array(PROBE_BYTES) });
    if (!written.ok) return "disk_refuses";
    await disk.fetch(url, { method: "DELETE" });
  } catch (refusal) {
    // workerd reports ENOSPC and EDQUOT as an overload.
    return (refusal as { overloaded?: boolean }).overloaded === true ? "disk_full" : "disk_refuses";
  }
  // There is room for this file again, or it was a larger change that failed.
  const said = String(error);
  if (/\bSQLITE_FULL\b/.test(said)) return "disk_full";
  return /\bSQLITE_(?:READONLY|IOERR|CANTOPEN)/.test(said) ? "disk_refuses" : null;
}
