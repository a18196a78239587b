import type { RateLimitBindings } from "../rate-limit-bindings.ts";
import type { AskingClient } from "./asking-client.ts";
import { type Rate, TokenBuckets } from "./token-buckets.ts";

/** A client's questions for names that the isolate does not know, for which KV is read. */
const QUESTIONS: Rate = { burst: 1_000, perSecond: 100 };
/** Those of them that need D1: lists, searches, and tokens that have not opened anything yet. */
const SEARCHES: Rate = { burst: 30, perSecond: 1 };
/** Questions to a public namespace, from all clients together, that find nothing, list it or search it. */
const FRUITLESS: Rate = { burst: 50, perSecond: 10 };

/** Thrown if a question is not answered for now. */
export class TooManyQuestions extends Error {
  override name = "TooManyQuestions";
  /** Seconds until it may be asked again. */
  readonly retryAfter = 1;

  constructor() {
    super("too many of your queries had to be looked up: ask again in a second");
  }
}

/** Always the same object: capturing the stack of a new one would cost more than the rest of such an answer. */
export const TOO_MANY_QUESTIONS = new TooManyQuestions();

/** The limits of what strangers may ask, as counted in this isolate. */
export class NameLimits {
  readonly questions = new TokenBuckets(QUESTIONS);
  readonly searches = new TokenBuckets(SEARCHES);
  readonly fruitless = new TokenBuckets(FRUITLESS);
}

/** Counts the cost of one question. What the isolate already knows costs nothing, and never gets here. */
export class Allowance {
  readonly #limits: NameLimits;
  readonly #bindings: RateLimitBindings;
  readonly #clientOf: () => AskingClient;
  readonly #now: number;
  #client: AskingClient | null = null;
  #isTaken = false;

  /** @param clientOf is called at most once @param now ms since the epoch */
  constructor(limits: NameLimits, bindings: RateLimitBindings, clientOf: () => AskingClient, now: number) {
    this.#limits = limits;
    this.#bindings = bindings;
    this.#clientOf = clientOf;
    this.#now = now;
  }

  /**
   * Called before KV is read or a token is looked up: counts once per question, however often it is called.
   *
   * @throws {TooManyQuestions}
   */
  async takeQuestion(): Promise<void> {
    if (this.#isTaken) return;
    await this.#take(this.#limits.questions, this.#bindings.NAME_QUESTIONS);
    this.#isTaken = true;
  }

  /** Called before D1 is asked for what anybody may ask for. @throws {TooManyQuestions} */
  takeSearch(): Promise<void> {
    return this.#take(this.#limits.searches, this.#bindings.NAME_SEARCHES);
  }

  /** Called if the search turned out not to be a stranger's. */
  giveBackSearch(): void {
    this.#limits.searches.giveBack(this.#asking.key);
  }

  /** Takes one question without a token that lists or searches a namespace, or may find nothing in it. False: none is left. */
  takeFruitless(namespace: string): boolean {
    return this.#limits.fruitless.take(namespace, this.#now);
  }

  /** Called if the question found something. */
  giveBackFruitless(namespace: string): void {
    this.#limits.fruitless.giveBack(namespace);
  }

  get #asking(): AskingClient {
    this.#client ??= this.#clientOf();
    return this.#client;
  }

  async #take(buckets: TokenBuckets, binding: RateLimit | undefined): Promise<void> {
    const { key, share } = this.#asking;
    if (!buckets.take(key, this.#now, share)) throw TOO_MANY_QUESTIONS;
    if (binding === undefined) return;
    // A larger share counts as that many clients.
    const counted = share === 1 ? key : `${key} ${Math.floor(Math.random() * share)}`;
    const { success } = await binding.limit({ key: counted });
    if (!success) throw TOO_MANY_QUESTIONS;
  }
}
