import { isError } from "../../http/statuses.ts";
import { log } from "../../log/log.ts";
import { askCandidate } from "./ask-candidate.ts";
import { type Candidate, isCheckedDown } from "./candidates.ts";
import { errorReasonOf, type FailureReason } from "./failure-reason.ts";
import type { Asking } from "./origin-access.ts";
import type { OriginOutcome, OriginRequest } from "./origin-outcome.ts";

/** Fields that a cache sets. A trial validates nobody's copy, so it goes without them. */
const CONDITIONS = ["range", "if-range", "if-none-match", "if-modified-since"];

/** Failures that say nothing about the server. */
const OF_THE_REQUEST: readonly string[] = [
  "path-outside",
  "redirect-loop",
  "request-body-cut",
  "request-body-timeout",
] satisfies FailureReason[];

/**
 * Watches one request to a zone with several origins, and reports what it shows of their health. An answer with an error status
 * counts against its origin only if another origin answers better. Otherwise it may be the right answer.
 */
export class HealthWatch {
  readonly #asking: Asking;
  readonly #down: ReadonlySet<string>;
  readonly #suspects: { candidate: Candidate; reason: FailureReason }[] = [];

  private constructor(asking: Asking, down: ReadonlySet<string>) {
    this.#asking = asking;
    this.#down = down;
  }

  static async begin(asking: Asking): Promise<HealthWatch> {
    return new HealthWatch(asking, await asking.origins.health.downOf(asking.zone.id, Date.now()));
  }

  /** Whether an origin was down when the request began, judged by earlier requests or by the cron's check. */
  isDown(candidate: Candidate): boolean {
    return this.#down.has(candidate.id) || isCheckedDown(candidate, this.#asking.zone);
  }

  /** Takes note of an origin's outcome. */
  note(candidate: Candidate, outcome: OriginOutcome, hasFailed: boolean): void {
    if (candidate.isFallback) return;
    if (outcome.kind === "failure") {
      const { reason } = outcome.failure;
      if (!OF_THE_REQUEST.includes(reason)) this.#failed(candidate, reason);
      return;
    }
    const reason = errorReasonOf(outcome.response.status);
    if (hasFailed && reason !== null) {
      this.#suspects.push({ candidate, reason });
      return;
    }
    // A zone may choose to ask the next origin for what this one does not have. That says nothing about the server.
    this.#answered(candidate);
    if (!hasFailed) for (const { candidate: suspect, reason: why } of this.#suspects) this.#failed(suspect, why);
  }

  /** Asks origins that are due, in the background, whether they are back, so that no client waits for them. */
  tryAgain(candidates: readonly Candidate[], request: OriginRequest): void {
    const { zone, origins, waitUntil } = this.#asking;
    for (const candidate of candidates) {
      if (candidate.isDrained || !origins.health.isDue(zone.id, candidate.id, Date.now())) continue;
      waitUntil(this.#try(candidate, request).catch((error) => this.#report(error)));
    }
  }

  async #try(candidate: Candidate, request: OriginRequest): Promise<void> {
    const { zone, origins } = this.#asking;
    if (!(await origins.health.takeTrial(zone.id, candidate.id, Date.now()))) return;
    await this.#share();
    const headers = new Headers(request.headers);
    for (const name of CONDITIONS) headers.delete(name);
    const outcome = await askCandidate(this.#asking, candidate, { ...request, method: "HEAD", headers, body: null });
    if (outcome.kind === "answer" && !isError(outcome.response.status)) this.#answered(candidate);
  }

  #failed(candidate: Candidate, reason: FailureReason): void {
    const { zone, origins } = this.#asking;
    if (!origins.health.noteFailure(zone.id, candidate.id, reason, Date.now())) return;
    log("origin_down", { zone: zone.name, name: candidate.name });
    this.#asking.waitUntil(this.#share());
  }

  #answered(candidate: Candidate): void {
    const { zone, origins } = this.#asking;
    if (!origins.health.noteAnswer(zone.id, candidate.id, Date.now())) return;
    log("origin_up", { zone: zone.name, name: candidate.name });
    this.#asking.waitUntil(this.#share());
  }

  /** Never fails: isolates that cannot be told find out by themselves. */
  async #share(): Promise<void> {
    const { zone, origins } = this.#asking;
    await origins.health.share(zone.id, Date.now()).catch((error) => this.#report(error));
  }

  #report(error: unknown): void {
    log("origin_health_failed", { zone: this.#asking.zone.name, error });
  }
}
