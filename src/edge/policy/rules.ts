import { lenientPath } from "../../http/lenient-path.ts";
import { BoundedMap } from "../../memo/bounded-map.ts";
import { changesStored, type EdgeRule, MOST_OPEN } from "../../zones/rules/edge-rule.ts";
import type { ZoneDocument } from "../../zones/zone.ts";
import type { Route } from "../request/routes.ts";
import { type Target, targetOf } from "../request/target.ts";
import { answerByRule, type ReadyRule, type RuledAnswer } from "./answer-by-rule.ts";
import { AskingRequest } from "./asking-request.ts";
import type { Clients } from "./clients.ts";
import { type Condition, conditionOf, holds, type Look, looksOf, pathGlobsOf, ReadUrl, settle } from "./condition.ts";
import { hstsFields } from "./hsts-fields.ts";
import { type Dependence, first, type RuledZone, ruledZone } from "./ruled-zone.ts";

/** A request as rules see it. */
export interface RuledRequest {
  request: Request;
  /** Without the parts of a token, if there may be one. */
  route: Route;
  clients: Clients;
}

/** What rules do to a request. */
export interface Effects {
  /** The zone as the matching rules change it; the zone itself if they change nothing. */
  zone: ZoneDocument;
  target: Target;
  /** Whether a signature is required; null: the zone decides. */
  signature: boolean | null;
  /** What is answered in place of the caches and the origin; null: they are asked. */
  answer: RuledAnswer | null;
  /** Whether that is a redirect to https, which comes before everything else that the zone sets. */
  isSentToHttps: boolean;
  /** The positions of the matching rules in the zone's list. */
  matched: readonly number[];
}

/** What is left of a zone's rules for requests of one URL. */
interface OfUrl {
  /** Rules that match whoever asks. */
  certain: readonly number[];
  /** Rules that depend on who asks, in order. */
  open: readonly { index: number; condition: Condition }[];
  dependence: Dependence;
  /** Effects by which rules match, see {@link matchedOf}. */
  effects: BoundedMap<Matched, Effects>;
}

/** How many combinations of rules are remembered for a zone and for a URL. Others are put together again each time. */
const REMEMBERED = 128;
const REMEMBERED_OF_URL = 16;

const INDEPENDENT: Dependence = { vary: [], isPrivate: false };

/**
 * The rules of a zone, prepared for requests. What depends on the URL is decided once for each URL that the isolate remembers.
 * Only what is left is decided for each request.
 */
export class Rules {
  readonly #zone: ZoneDocument;
  readonly #rules: readonly ReadyRule[];
  readonly #looksAtScheme: boolean;
  readonly #byRoute = new WeakMap<Route, OfUrl>();
  readonly #zones = new BoundedMap<string, RuledZone>({ entries: REMEMBERED }, "everything");

  constructor(zone: ZoneDocument) {
    this.#zone = zone;
    this.#looksAtScheme = zone.settings.https === "redirect" || zone.settings.hsts !== null;
    this.#rules = zone.settings.rules
      .map((rule, place) => ({ rule, place }))
      .filter(({ rule }) => rule.enabled !== false)
      .map(({ rule, place }) => ({
        rule,
        place,
        condition: conditionOf(rule.when ?? {}),
        globs: pathGlobsOf(rule.when ?? {}),
      }));
  }

  /** Decides what the rules do to a request. */
  decide({ request, route, clients }: RuledRequest): Effects {
    const ofUrl = this.#ofUrl(route);
    const client = new AskingRequest(request, route.url, clients);
    const matched = matchedOf(ofUrl.open, client, this.#looksAtScheme);
    let effects = ofUrl.effects.get(matched);
    if (effects === undefined) {
      const isHttps = !this.#looksAtScheme || client.scheme === "https";
      const open = ofUrl.open.filter(({ condition }) => holds(condition, client)).map(({ index }) => index);
      const indices = [...ofUrl.certain, ...open].sort((a, b) => a - b);
      effects = this.#effects(route, indices, ofUrl.dependence, isHttps);
      ofUrl.effects.set(matched, effects);
    }
    return effects;
  }

  /** The targets of requests for a URL, for each set of rules that may match. */
  targetsOf(url: URL): readonly Target[] {
    const { certain, open } = this.#left(url);
    const deciding = open.map(({ index }) => index).filter((index) => changesStored(this.#rules[index]!.rule));
    const targets = new Map<string, Target>();
    for (let set = 0; set < 2 ** Math.min(deciding.length, MOST_OPEN); set++) {
      const indices = [...certain, ...deciding.filter((_, at) => set & (1 << at))].sort((a, b) => a - b);
      const rules = indices.map((index) => this.#rules[index]!.rule);
      const { zone, stored } = ruledZone(this.#zone, rules, INDEPENDENT, {}, "");
      const target = targetOf(url, zone, stored);
      targets.set(target.key, target);
    }
    return [...targets.values()];
  }

  /** The zone as the rules at these positions change it, whoever asks; null: there are no such rules. */
  zoneBy(indices: readonly number[]): RuledZone | null {
    const rules = indices.flatMap((index) => this.#rules[index]?.rule ?? []);
    return rules.length === indices.length ? ruledZone(this.#zone, rules, INDEPENDENT, {}, "", indices) : null;
  }

  /** What is left of the rules for requests of a URL. */
  #left(url: URL): Pick<OfUrl, "certain" | "open"> & { looks: Look[] } {
    const { path } = targetOf(url, this.#zone);
    const { search, hostname } = url;
    const read = new ReadUrl({ path, search, hostname });
    const lenient = lenientPath(path);
    const other = lenient === path ? null : new ReadUrl({ path: lenient, search, hostname });
    const rules = this.#rules.map(({ condition, rule }, index) => {
      const asked = settle(condition, read);
      const guard = guardOf(rule);
      if (other === null || guard === null) return { index, condition: asked };
      return { index, condition: settle({ kind: guard, of: [asked, settle(condition, other)] }, read) };
    });
    return {
      certain: rules.filter(({ condition }) => condition === true).map(({ index }) => index),
      open: rules.filter(({ condition }) => typeof condition !== "boolean"),
      looks: rules.flatMap(({ condition }) => looksOf(condition)),
    };
  }

  #ofUrl(route: Route): OfUrl {
    let known = this.#byRoute.get(route);
    if (known === undefined) {
      const { certain, open, looks } = this.#left(route.url);
      const effects = new BoundedMap<Matched, Effects>({ entries: REMEMBERED_OF_URL }, "everything");
      known = { certain, open, dependence: dependenceOf(looks), effects };
      this.#byRoute.set(route, known);
    }
    return known;
  }

  #effects(route: Route, indices: readonly number[], dependence: Dependence, isHttps: boolean): Effects {
    const zone = this.#zone;
    const matched = indices.map((index) => this.#rules[index]!);
    const rules = matched.map(({ rule }) => rule);
    const { takedown, path } = targetOf(route.url, zone);
    const ruled = this.#zoneFor(indices, dependence, isHttps);
    const signature = first(rules, "signature");
    return {
      zone: ruled.zone,
      target: { ...targetOf(route.url, ruled.zone, ruled.stored), takedown },
      signature: signature === undefined ? null : signature === "required",
      answer: answerByRule(zone, matched, route.url, path, isHttps),
      isSentToHttps: zone.settings.https === "redirect" && !isHttps,
      matched: matched.map(({ place }) => place),
    };
  }

  #zoneFor(indices: readonly number[], dependence: Dependence, isHttps: boolean): RuledZone {
    const { vary, isPrivate } = dependence;
    const isUnchanged = indices.length === 0 && vary.length === 0 && !isPrivate && this.#zone.settings.hsts === null;
    if (isUnchanged) return { zone: this.#zone, stored: "" };
    const variant = [indices.join("."), vary.join(), isPrivate ? "private" : "", isHttps ? "" : "http"].join(" ");
    let ruled = this.#zones.get(variant);
    if (ruled === undefined) {
      const fields = hstsFields(this.#zone.settings.hsts, isHttps);
      ruled = ruledZone(
        this.#zone,
        indices.map((index) => this.#rules[index]!.rule),
        dependence,
        fields,
        variant,
        indices,
      );
      this.#zones.set(variant, ruled);
    }
    return ruled;
  }
}

/** Which of the rules that depend on the client match: a number with one bit for each, or a string if there are too many. */
type Matched = number | string;
const BITS = 50;

function matchedOf(open: OfUrl["open"], client: AskingRequest, looksAtScheme: boolean): Matched {
  let bits = looksAtScheme && client.scheme === "https" ? 1 : 0;
  if (open.length > BITS) return `${bits} ${open.map(({ condition }) => (holds(condition, client) ? 1 : 0)).join("")}`;
  for (const { condition } of open) bits = 2 * bits + (holds(condition, client) ? 1 : 0);
  return bits;
}

/** The rules of a zone; null: it has none, and nothing else that depends on the request's scheme. */
export function prepareRules(zone: ZoneDocument): Rules | null {
  const { rules, https, hsts, robots_txt } = zone.settings;
  const isUsed = rules.length > 0 || https !== "off" || hsts !== null || robots_txt !== null;
  return isUsed ? new Rules(zone) : null;
}

/**
 * How a rule that guards a path matches the spellings that servers may take for that path: if any of them matches, or only if
 * all do; null: it guards nothing.
 */
function guardOf({ do: { deny, signature } }: EdgeRule): "any" | "all" | null {
  if (deny !== undefined || signature === "required") return "any";
  return signature === "none" ? "all" : null;
}

function dependenceOf(looks: readonly Look[]): Dependence {
  const fields = looks.flatMap((look) => (typeof look === "object" ? [look.field] : []));
  return { vary: [...new Set(fields)].sort(), isPrivate: looks.includes("country") };
}
