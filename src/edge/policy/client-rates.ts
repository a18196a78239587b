import { BoundedMap } from "../../memo/bounded-map.ts";
import { RequestRates } from "./request-rates.ts";

/**
 * The bindings of Cloudflare's Rate Limiting, by how many requests each lets pass in a location within ten seconds, lowest
 * first.
 */
export type RateLimits = readonly { requests: number; binding: Pick<RateLimit, "limit"> }[];

/** How long to wait if Cloudflare refuses, since it does not say (seconds). */
const WAIT_SECONDS = 10;

/**
 * The rates of clients, by zone. The isolate counts exactly, but only its own requests. If Rate Limiting is bound, it limits
 * all isolates of a location together, at its next higher step.
 */
export class ClientRates {
  readonly #counted = new RequestRates();
  readonly #limits: RateLimits;
  readonly #customerOf: (address: string) => string;
  readonly #customers = new BoundedMap<string, string>({ entries: 4_096 }, "everything");

  /** @param customerOf the part of an address that stands for one customer of a provider */
  constructor(customerOf: (address: string) => string, limits: RateLimits) {
    this.#customerOf = customerOf;
    this.#limits = limits;
  }

  /**
   * Counts one request. Null: it passes; otherwise the seconds after which another may.
   *
   * @param address null: unknown, so not limited
   * @param limit requests within ten seconds
   */
  take(zoneId: string, address: string | null, limit: number, now: number): number | null | Promise<number | null> {
    if (address === null) return null;
    const client = `${zoneId} ${this.#clientOf(address)}`;
    const wait = this.#counted.take(client, limit, now);
    const step = wait === null ? this.#limits.find(({ requests }) => requests >= limit) : undefined;
    return step === undefined ? wait : passesStep(step.binding, client);
  }

  /** What {@link take} would return, as far as this isolate counts, without counting a request. */
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
