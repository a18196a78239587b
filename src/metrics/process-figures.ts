/** A process of a server on one machine. */
export interface ProcessFigures {
  name: string;
  /** The machine's memory that it uses, bytes. */
  residentBytes: number;
}
