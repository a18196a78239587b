/** Limits for one zone, or for all zones of an isolate. */
export interface FillBounds {
  /** Fills under way. */
  fills: number;
  /** Bytes of bodies that they hold. */
  bytes: number;
}

/** Limits for one zone and for all zones of an isolate. */
export interface Bounds {
  zone: FillBounds;
  isolate: FillBounds;
}

/** The bounds of an isolate that may hold so many bytes. One zone gets a quarter of its fills, and half of its bytes. */
export function fillBounds(bytes: number): Bounds {
  return { zone: { fills: 512, bytes: bytes / 2 }, isolate: { fills: 2_048, bytes } };
}

const NOTHING: Readonly<FillBounds> = { fills: 0, bytes: 0 };

/** A fill that is older than this must have been ended by the platform without notice, ms. */
const LONGEST_MS = 600_000;

/** Bounds what the fills under way cost together, so that one zone's clients leave room for the others. */
export class FillBudget {
  readonly #bounds: Bounds;
  readonly #zones = new Map<string, FillBounds>();
  readonly #all: FillBounds = { ...NOTHING };
  /** Oldest first. */
  readonly #permits = new Set<FillPermit>();

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  /** Whether a zone may begin one more fill. @param now ms since the epoch */
  hasRoom(zone: string, now: number): boolean {
    return this.#makesRoomFor(zone, { fills: 1, bytes: 0 }, now);
  }

  /** Counts a fill that begins now. @param now ms since the epoch */
  begin(zone: string, now: number): FillPermit {
    return this.#permit(zone, now, 1);
  }

  /** Counts only the bytes that are held of a body, not a fill. @param now ms since the epoch */
  beginPart(zone: string, now: number): FillPermit {
    return this.#permit(zone, now, 0);
  }

  #permit(zone: string, now: number, fills: 0 | 1): FillPermit {
    this.#count(zone, { fills, bytes: 0 });
    const permit: FillPermit = new FillPermit(now, {
      take: (bytes) => {
        if (!this.#makesRoomFor(zone, { fills: 0, bytes }, Date.now())) return false;
        this.#count(zone, { fills: 0, bytes });
        return true;
      },
      giveBack: (bytes) => this.#count(zone, { fills: 0, bytes: -bytes }),
      end: () => {
        this.#permits.delete(permit);
        this.#count(zone, { fills: -fills, bytes: 0 });
      },
    });
    this.#permits.add(permit);
    return permit;
  }

  #count(zone: string, { fills, bytes }: FillBounds): void {
    const used = this.#zones.get(zone) ?? { ...NOTHING };
    for (const count of [used, this.#all]) {
      count.fills += fills;
      count.bytes += bytes;
    }
    if (used.fills === 0 && used.bytes === 0) this.#zones.delete(zone);
    else this.#zones.set(zone, used);
  }

  /** Whether there is room, once fills that ended without notice are taken back. */
  #makesRoomFor(zone: string, more: FillBounds, now: number): boolean {
    if (this.#hasRoomFor(zone, more)) return true;
    for (const permit of this.#permits) {
      if (now - permit.begunAt <= LONGEST_MS) break;
      permit.end();
    }
    return this.#hasRoomFor(zone, more);
  }

  #hasRoomFor(zone: string, { fills, bytes }: FillBounds): boolean {
    const fits = (used: Readonly<FillBounds>, bounds: FillBounds) =>
      used.fills + fills <= bounds.fills && used.bytes + bytes <= bounds.bytes;
    return fits(this.#zones.get(zone) ?? NOTHING, this.#bounds.zone) && fits(this.#all, this.#bounds.isolate);
  }
}

/** What a permit needs of its budget. */
interface Share {
  take(bytes: number): boolean;
  giveBack(bytes: number): void;
  end(): void;
}

/** A fill's share of the budget. */
export class FillPermit {
  /** Ms since the epoch. */
  readonly begunAt: number;
  readonly #share: Share;
  #held = 0;
  #hasEnded = false;

  constructor(begunAt: number, share: Share) {
    this.begunAt = begunAt;
    this.#share = share;
  }

  /** Whether this many more bytes may be held. */
  readonly hold = (bytes: number): boolean => {
    if (this.#hasEnded || !this.#share.take(bytes)) return false;
    this.#held += bytes;
    // To make room, the budget ends expired permits, and this one may be among them.
    if (this.#hasEnded) this.release();
    return !this.#hasEnded;
  };

  /** Nothing is held any more; the fill goes on. */
  readonly release = (): void => {
    this.#share.giveBack(this.#held);
    this.#held = 0;
  };

  /** The fill is over, and nothing is held any more. */
  readonly end = (): void => {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.release();
    this.#share.end();
  };
}
