/** Lines that an isolate takes to a zone's outbox in one call. */
export interface LogChunk {
  zone: string;
  /** NDJSON: each line ends in LF. */
  text: string;
  lines: number;
  /** Lines that did not leave the isolate, since it last said so. */
  lost: number;
}

/** What takes the chunks of a zone. */
export interface LogTaker {
  take(chunk: LogChunk): Promise<void>;
}
