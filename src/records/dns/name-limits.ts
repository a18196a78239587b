import type { RateLimitBindings } from "../rate-limit-bindings.ts";
import type { AskingClient } from "./asking-client.ts";
import { type Rate, TokenBuckets } from "./token-buckets.ts";

/** Questions of a client for names that the isolate does not know: KV is read for them. */
const QUESTIONS: Rate = { burst: 1_000, perSecond: 100 };
/** Of these, what D1 is asked for: lists, searches, tokens that have opened nothing yet. */
const SEARCHES: Rate = { burst: 30, perSecond: 1 };
/** What all clients together ask of a public namespace that finds nothing, lists it or searches it. */
const FRUITLESS: Rate = { burst: 50, perSecond: 10 };

/** Thrown where a question is not answered for now. */
export class TooManyQuestions extends Error {
  override name = "TooManyQuestions";
  /** Seconds after which it may be asked again. */
  readonly retryAfter = 1;

  constructor() {
    super("there were too many questions that cost a look-up: ask again in a second");
  }
}

/** Thrown each time: to note where a new one was made costs more than all the rest of such an answer. */
export const TOO_MANY_QUESTIONS = new TooManyQuestions();

/** What strangers may ask, as this isolate counts it. */
export class NameLimits {
  readonly questions = new TokenBuckets(QUESTIONS);
  readonly searches = new TokenBuckets(SEARCHES);
  readonly fruitless = new TokenBuckets(FRUITLESS);
}

/** Counts what one question costs. What is known in the isolate costs nothing, and is never asked about here. */
export class Allowance {
  readonly #limits: NameLimits;
  readonly #bindings: RateLimitBindings;
  readonly #clientOf: () => AskingClient;
  readonly #now: number;
  #client: AskingClient | null = null;
  #isTaken = false;

  /** @param clientOf is asked at most once @param now ms since the epoch */
  constructor(limits: NameLimits, bindings: RateLimitBindings, clientOf: () => AskingClient, now: number) {
    this.#limits = limits;
    this.#bindings = bindings;
    this.#clientOf = clientOf;
    this.#now = now;
  }

  /** Before KV is read, or a token looked up: once for a question, however often. @throws {TooManyQuestions} */
  async takeQuestion(): Promise<void> {
    if (this.#isTaken) return;
    await this.#take(this.#limits.questions, this.#bindings.NAME_QUESTIONS);
    this.#isTaken = true;
  }

  /** Before D1 is asked for what anybody may ask for. @throws {TooManyQuestions} */
  takeSearch(): Promise<void> {
    return this.#take(this.#limits.searches, this.#bindings.NAME_SEARCHES);
  }

  /** It was no stranger's search after all. */
  giveBackSearch(): void {
    this.#limits.searches.giveBack(this.#asking.key);
  }

  /** Takes a question of anybody's that lists or searches a namespace, or may find nothing in it. False: there is none. */
  takeFruitless(namespace: string): boolean {
    return this.#limits.fruitless.take(namespace, this.#now);
  }

  /** It found something. */
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
    // A larger share is that of so many clients.
    const counted = share === 1 ? key : `${key} ${Math.floor(Math.random() * share)}`;
    const { success } = await binding.limit({ key: counted });
    if (!success) throw TOO_MANY_QUESTIONS;
  }
}
