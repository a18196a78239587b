import type { Between } from "./between.ts";
import { Isolate, type Place } from "./isolate.ts";

/** A location of the network: a cache, a clock and isolates of its own. */
export class Location {
  readonly #place: Place;
  readonly #between: Between;
  #isolates: Isolate[];
  readonly #ended: Isolate[] = [];

  /** @param lag how long KV takes to reach it, ms */
  constructor(name: string, colo: string, isolates: number, lag: number, between: Between) {
    this.#place = { name, colo, ahead: (between.random() - 0.5) * 4_000, lag };
    this.#between = between;
    this.#isolates = Array.from({ length: isolates }, () => new Isolate(this.#place, between));
  }

  get colo(): string {
    return this.#place.colo;
  }

  /** What a client of one of its isolates is answered, whole. */
  async get(url: string, isolate = 0): Promise<{ answer: Response; text: string }> {
    const asked = this.#isolates[isolate % this.#isolates.length]!;
    const answer = await asked.fetch(url);
    const text = await answer.text();
    asked.answers.push(this.#between.clock.now);
    return { answer, text };
  }

  /** What a resolver is answered: names are no usage. */
  async resolve(url: string): Promise<{ answer: Response; text: string }> {
    const answer = await this.#isolates[0]!.fetch(url);
    return { answer, text: await answer.text() };
  }

  /** Ends its isolates wherever they are; those that come after them know nothing. */
  kill(): void {
    for (const isolate of this.#isolates) isolate.end();
    this.#ended.push(...this.#isolates);
    this.#isolates = this.#isolates.map(() => new Isolate(this.#place, this.#between));
  }

  /** Has its isolates deliver what they have counted. */
  async drain(): Promise<void> {
    await Promise.all(this.#isolates.map((isolate) => isolate.drain()));
  }

  /** How much its clients were answered by zones. */
  get answered(): number {
    return [...this.#isolates, ...this.#ended].reduce((sum, { answers }) => sum + answers.length, 0);
  }

  /** How much of that usage may lack. @param onTheWay for how long a batch may be on its way, ms */
  mayLose(onTheWay: number): number {
    return this.#ended.reduce((sum, isolate) => sum + isolate.mayLose(onTheWay), 0);
  }
}
