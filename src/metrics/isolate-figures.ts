/** What an isolate that serves the edge knows about itself. */
export interface IsolateFigures {
  /** The size of the hot responses in its memory, bytes. */
  memoryBytes: number;
  /** How long it has held counts that no meter has yet, ms. */
  meterLagMs: number;
  /** How long origins took to begin their answers: counts by upper bounds in ms, the last for everything above them. */
  originTimes: { boundsMs: readonly number[]; counts: readonly number[]; sumMs: number };
}

/** The figures of an isolate that has not been asked for a zone yet. */
export const IDLE: IsolateFigures = {
  memoryBytes: 0,
  meterLagMs: 0,
  originTimes: { boundsMs: [], counts: [], sumMs: 0 },
};

/** The figures of a process; null: it does not answer. */
export interface NamedFigures {
  process: string;
  figures: IsolateFigures | null;
}

let read: (() => IsolateFigures) | null = null;

/** Lets others in this isolate read its figures. */
export function exposeIsolate(figures: () => IsolateFigures): void {
  read = figures;
}

/** The figures of this isolate; null: it has not served the edge yet. */
export function isolateFigures(): IsolateFigures | null {
  return read?.() ?? null;
}

/** On a server with several processes, this takes the place of `ZONES` and asks each edge process. */
export interface ManyIsolates {
  isolates(): Promise<(IsolateFigures | null)[]>;
}
