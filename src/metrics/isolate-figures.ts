/** What an isolate that serves the edge knows of itself alone. */
export interface IsolateFigures {
  /** What it holds of hot responses, bytes. */
  memoryBytes: number;
  /** For how long it has held counts that no meter has, ms. */
  meterLagMs: number;
  /** How long origins took to begin their answers, by upper bounds in ms, with what was above them at the end. */
  originTimes: { boundsMs: readonly number[]; counts: readonly number[]; sumMs: number };
}

/** Those of an isolate that nobody has asked for a zone yet. */
export const IDLE: IsolateFigures = {
  memoryBytes: 0,
  meterLagMs: 0,
  originTimes: { boundsMs: [], counts: [], sumMs: 0 },
};

/** Of which process they are; null: it does not answer. */
export interface NamedFigures {
  process: string;
  figures: IsolateFigures | null;
}

let read: (() => IsolateFigures) | null = null;

/** Has others of this isolate read its figures. */
export function exposeIsolate(figures: () => IsolateFigures): void {
  read = figures;
}

/** The figures of this isolate; null: it has not served the edge yet. */
export function isolateFigures(): IsolateFigures | null {
  return read?.() ?? null;
}

/** Of a server with several processes, what stands where `ZONES` does: it asks each edge process. */
export interface ManyIsolates {
  isolates(): Promise<(IsolateFigures | null)[]>;
}
