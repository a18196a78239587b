import { isError } from "../../http/statuses.ts";
import { log } from "../../log/log.ts";
import { askCandidate } from "./ask-candidate.ts";
import { type Candidate, isCheckedDown } from "./candidates.ts";
import { errorReasonOf, type FailureReason } from "./failure-reason.ts";
import type { Asking } from "./origin-access.ts";
import type { OriginOutcome, OriginRequest } from "./origin-outcome.ts";

/** Of the fields that a cache sets: a trial is for nobody's copy. */
const CONDITIONS = ["range", "if-range", "if-none-match", "if-modified-since"];

/** Failures that say nothing of the server. */
const OF_THE_REQUEST: readonly string[] = [
  "path-outside",
  "redirect-loop",
  "request-body-cut",
  "request-body-timeout",
] satisfies FailureReason[];

/**
 * Watches one request to a zone with several origins, and tells the isolate's health of them what it shows. An answer that
 * counts as a failure says so of its origin only where another one has something better: else it may be what was asked for.
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

  /** Whether an origin was down when the request began, by what was asked of it or by the cron's check. */
  isDown(candidate: Candidate): boolean {
    return this.#down.has(candidate.id) || isCheckedDown(candidate, this.#asking.zone);
  }

  /** Takes note of what one of them came to. */
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
    // A zone may choose to ask the next one for what is not here: that says nothing of the server.
    this.#answered(candidate);
    if (!hasFailed) for (const { candidate: suspect, reason: why } of this.#suspects) this.#failed(suspect, why);
  }

  /** Asks those whose time has come in the background whether they are back, so that no client waits for them. */
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

  /** Never fails: who cannot be told finds out by itself. */
  async #share(): Promise<void> {
    const { zone, origins } = this.#asking;
    await origins.health.share(zone.id, Date.now()).catch((error) => this.#report(error));
  }

  #report(error: unknown): void {
    log("origin_health_failed", { zone: this.#asking.zone.name, error });
  }
}
