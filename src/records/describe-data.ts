/** What the audit log keeps of a record's data: its size and its SHA-256, never the data itself. */
export interface DataDescription {
  bytes: number;
  /** Lower-case hex. */
  sha256: string;
}

/** @param data standard Base64 with padding */
export async function describeData(data: string): Promise<DataDescription> {
  const bytes = Uint8Array.fromBase64(data);
  return { bytes: bytes.length, sha256: new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex() };
}
