import { BoundedMap } from "../../memo/bounded-map.ts";
import { RequestRates } from "./request-rates.ts";

/** Cloudflare's Rate Limiting by what it lets pass in a location within ten seconds, the least first. */
export type RateLimits = readonly { requests: number; binding: Pick<RateLimit, "limit"> }[];

/** What Cloudflare asks to wait: it does not say for how long (seconds). */
const WAIT_SECONDS = 10;

/**
 * The rates of clients by zone. The isolate counts exactly, and by itself; where Rate Limiting is bound, what all isolates of a
 * location let pass is bounded as well, by the next of its steps.
 */
export class ClientRates {
  readonly #counted = new RequestRates();
  readonly #limits: RateLimits;
  readonly #customerOf: (address: string) => string;
  readonly #customers = new BoundedMap<string, string>({ entries: 4_096 }, "everything");

  /** @param customerOf what of an address stands for one customer of a provider */
  constructor(customerOf: (address: string) => string, limits: RateLimits) {
    this.#customerOf = customerOf;
    this.#limits = limits;
  }

  /**
   * Takes one request. Null: it passes; else the seconds after which another may.
   *
   * @param address null: unknown, and not limited
   * @param limit requests within ten seconds
   */
  take(zoneId: string, address: string | null, limit: number, now: number): number | null | Promise<number | null> {
    if (address === null) return null;
    const client = `${zoneId} ${this.#clientOf(address)}`;
    const wait = this.#counted.take(client, limit, now);
    const step = wait === null ? this.#limits.find(({ requests }) => requests >= limit) : undefined;
    return step === undefined ? wait : passesStep(step.binding, client);
  }

  /** What {@link take} would answer of a request that is not made, as far as this isolate counts. */
  look(zoneId: string, address: string | null, limit: number, now: number): number | null {
    return address === null ? null : this.#counted.look(`${zoneId} ${this.#clientOf(address)}`, limit, now);
  }

  #clientOf(address: string): string {
    let customer = this.#customers.get(address);
    if (customer === undefined) {
      customer = this.#customerOf(address);
      this.#customers.set(address, customer);
    }
    return customer;
  }
}

async function passesStep(binding: Pick<RateLimit, "limit">, client: string): Promise<number | null> {
  const { success } = await binding.limit({ key: client });
  return success ? null : WAIT_SECONDS;
}
