/** A process of a server on one machine. */
export interface ProcessFigures {
  name: string;
  /** What it takes of the machine's memory, bytes. */
  residentBytes: number;
}
