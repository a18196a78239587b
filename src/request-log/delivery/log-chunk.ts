/** Lines that an isolate hands to a zone's outbox in one call. */
export interface LogChunk {
  zone: string;
  /** NDJSON: each line ends in LF. */
  text: string;
  lines: number;
  /** Lines that were lost in the isolate since its last report. */
  lost: number;
}

/** Receives the chunks of a zone. */
export interface LogTaker {
  take(chunk: LogChunk): Promise<void>;
}
