import type { AccountDocument } from "../accounts/account-document.ts";
import { log } from "../log/log.ts";
import type { Allowance, Ledger, Told } from "./ledger.ts";
import { monthOf } from "./period.ts";
import type { Used } from "./quota.ts";
import { NO_SLACK } from "./quota-slack.ts";

/** What an account's own object answers: what need not be reported, and what was last published of the account. */
export interface Answer extends Allowance {
  account: AccountDocument | null;
}

/** The part of an account's own object that locations' meters use. */
interface AccountMeter extends Rpc.DurableObjectBranded {
  hear(told: Told): Promise<Answer>;
}

/** Where accounts' own objects are. */
export interface AccountMeters {
  USAGE_METER: DurableObjectNamespace<AccountMeter>;
}

/** The next counts must be reported, however small. */
const NO_ALLOWANCE: Allowance = { slack: NO_SLACK, fresh: NO_SLACK };

/** Reports what a location's meter has counted to the accounts' own objects. */
export class Telling {
  readonly #meter: string;
  readonly #ledger: Ledger;
  readonly #env: AccountMeters;
  readonly #learn: (document: AccountDocument) => void;
  readonly #underWay = new Map<string, Promise<boolean>>();
  /** Owners whose quota changed while they were being told. */
  readonly #askedAnew = new Set<string>();

  /** @param meter its name @param learn receives what was last published of accounts */
  constructor(meter: string, ledger: Ledger, env: AccountMeters, learn: (document: AccountDocument) => void) {
    this.#meter = meter;
    this.#ledger = ledger;
    this.#env = env;
    this.#learn = learn;
  }

  /** Reports to an owner's object what was used in the month. False: it did not answer. */
  tell(owner: string, now: number): Promise<boolean> {
    const telling = this.#underWay.get(owner) ?? Promise.resolve().then(() => this.#tellAnew(owner, now));
    this.#underWay.set(owner, telling);
    return telling;
  }

  /**
   * What an owner has used in the month that begins at `month`, for its own object.
   *
   * @param anew whether what need not be reported has changed: then the next counts are reported
   */
  used(owner: string, month: number, anew: boolean): Used {
    const used = this.#ledger.usedIn(owner, month);
    if (anew) this.#ledger.note(owner, month, used, NO_ALLOWANCE, Date.now());
    if (anew && this.#underWay.has(owner)) this.#askedAnew.add(owner);
    return used;
  }

  async #tellAnew(owner: string, now: number): Promise<boolean> {
    const month = monthOf(now);
    try {
      // What was counted meanwhile may have to be reported as well.
      do {
        const used = this.#ledger.usedIn(owner, month);
        const told = { meter: this.#meter, month, ...used };
        const { account, ...allowance } = await this.#env.USAGE_METER.getByName(owner).hear(told);
        if (account !== null) this.#learn(account);
        const isOutdated = this.#askedAnew.delete(owner);
        this.#ledger.note(owner, month, used, isOutdated ? NO_ALLOWANCE : allowance, now);
      } while (this.#ledger.isDue(owner, month));
      return true;
    } catch (error) {
      log("usage_not_told", { meter: this.#meter, owner, error });
      return false;
    } finally {
      this.#underWay.delete(owner);
    }
  }
}
