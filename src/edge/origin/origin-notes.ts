/** Takes note of what a zone's origin is asked, whatever comes of it. */
export interface OriginNotes {
  /** @param firstByteMs until its answer began; null: it gave none */
  asked(firstByteMs: number | null): void;
  /** Bytes of its bodies, as they come from it. */
  received(bytes: number): void;
}
