import type { Fen } from '../core/money.js';
import { BacktestTally } from './backtestTally.js';
import type { BacktestResult, RecordedCase } from './backtestTypes.js';
import { type CompiledRule, holdsFor } from './compile.js';
import { decide, ENGINE_VERSION, outcomeOf, reasonsFor } from './decide.js';
import { GRAVITY, type Outcome, type Reason } from './decision.js';
import { type Delta, deltaOf } from './delta.js';
import type { Facts } from './facts.js';
import { factsSchema } from './facts.schema.js';
import type { PolicyHistory } from './history.js';
import type { PackSet } from './load.js';
import type { Pack } from './pack.schema.js';
import { reviveFacts } from './revive.js';

/** How one kind of case is judged: what to ask again, and which words nobody looked for at the time. */
interface Plan {
  /** Null where the packs of the time are not there: everything is asked again. */
  readonly delta: Delta | null;
  readonly set: PackSet;
  /** Text rules with keywords that were not looked for when the case was recorded. */
  readonly unread: ReadonlyMap<string, readonly string[]>;
}

/** The new packs in force somewhere at some time, with the plans for cases recorded there. */
interface InForce {
  readonly packs: readonly Pack[];
  readonly plans: PlanNode;
  /** For cases that another engine decided. */
  readonly plansOfOthers: PlanNode;
}

/** Plans by the hashes of the packs that a decision names, one after the other. */
interface PlanNode {
  plan: Plan | null;
  readonly next: Map<string, PlanNode>;
}
const newNode = (): PlanNode => ({ plan: null, next: new Map() });

/** What a case comes to under the new packs. */
export interface Rejudged {
  readonly outcome: Outcome;
  /** Recorded reasons that the new packs leave as they were. */
  readonly kept: readonly Reason[];
  /** Reasons of the rules that were asked again, and what they said before. */
  readonly before: readonly Reason[];
  readonly after: readonly Reason[];
}

const NONE: readonly Reason[] = [];
/** Places and dates are finite, callers are not: past so many the caches start anew. */
const MAX_PLACES = 10_000;
const MAX_DATES = 4_000;

/**
 * Recorded cases judged by another set of packs, one after the other: what would have come out otherwise (回测). Pure;
 * the same cases in any order give the same result. Trusts what is recorded of rules that have not changed, so a log
 * that was tampered with is `verify`'s to find.
 */
export class Backtest {
  readonly #tally: BacktestTally;
  /** Place → date → packs in force; the same packs are one object. */
  readonly #inForce = new Map<string, Map<string, InForce>>();
  readonly #bySet = new Map<string, InForce>();

  constructor(
    private readonly after: PackSet,
    private readonly history: PolicyHistory,
    private readonly options: {
      /** How many flips are shown as examples. */
      readonly samples?: number;
      /** What makes facts of the recorded ones. */
      readonly revive?: (facts: unknown) => Facts;
    } = {},
  ) {
    this.#tally = new BacktestTally(options.samples ?? 20);
  }

  add(one: RecordedCase): void {
    let judged: Rejudged;
    try {
      const plan = this.#planOf(one);
      judged = this.judge(one, plan);
      if (plan.unread.size > 0) this.#findUnread(one, plan, judged);
    } catch (error) {
      this.#tally.unjudged(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#tally.count(one, judged);
  }

  result(): BacktestResult {
    return this.#tally.result((one) => decide(this.after, this.#factsOf(one)));
  }

  /**
   * The case under the new packs. Provably what `decide` says: its outcome, and `kept` and `after` together its reasons.
   * @throws Error when the recorded facts are not enough to decide on.
   */
  judge(one: RecordedCase, plan: Plan = this.#planOf(one)): Rejudged {
    const { decision } = one;
    if (plan.delta === null) {
      const { outcome, reasons } = decide(this.after, this.#factsOf(one));
      return { outcome, kept: NONE, before: decision.reasons, after: reasons };
    }
    const { set, concerned } = plan.delta;
    if (concerned.size === 0)
      return { outcome: decision.outcome, kept: decision.reasons, before: NONE, after: NONE };
    const after = asksAnything(set, one.facts) ? reasonsFor(set, this.#factsOf(one)) : NONE;
    const isConcerned = ({ rule }: Reason) => concerned.has(rule);
    const before = decision.reasons.some(isConcerned) ? decision.reasons.filter(isConcerned) : NONE;
    if (after.length === 0 && before.length === 0)
      return { outcome: decision.outcome, kept: decision.reasons, before, after };
    const kept =
      before.length === 0 ? decision.reasons : decision.reasons.filter((reason) => !isConcerned(reason));
    return { outcome: graver(outcomeOf(kept), outcomeOf(after)), kept, before, after };
  }

  #factsOf({ facts, decision }: RecordedCase): Facts {
    const revived = (this.options.revive ?? reviveFacts)(facts);
    // Another engine may have asked for other facts.
    return decision.engine === ENGINE_VERSION ? revived : factsSchema.parse(revived);
  }

  /** Found by objects rather than by one long text: a million cases are looked up. */
  #planOf({ decision, facts }: RecordedCase): Plan {
    const isOurs = decision.engine === ENGINE_VERSION;
    const inForce = this.#inForceAt(facts);
    const plans = isOurs ? inForce.plans : inForce.plansOfOthers;
    let node = plans;
    for (const { sha256 } of decision.packs) {
      let next = node.next.get(sha256);
      if (next === undefined) {
        next = { plan: null, next: new Map() };
        node.next.set(sha256, next);
      }
      node = next;
    }
    node.plan ??= this.#plan(decision, inForce.packs, isOurs);
    return node.plan;
  }

  #plan(decision: RecordedCase['decision'], inForce: readonly Pack[], isOurs: boolean): Plan {
    const before = this.history.packsOf(decision);
    const isKnown = !('reason' in before);
    const delta = isKnown && isOurs ? deltaOf(before.packs, inForce) : null;
    return { delta, set: delta?.set ?? this.after, unread: unreadOf(inForce, isKnown ? before : null) };
  }

  #inForceAt({ divisionCode, businessDate }: Facts): InForce {
    let dates = this.#inForce.get(divisionCode);
    if (dates === undefined) {
      if (this.#inForce.size >= MAX_PLACES) this.#inForce.clear();
      dates = new Map();
      this.#inForce.set(divisionCode, dates);
    }
    let inForce = dates.get(businessDate);
    if (inForce === undefined) {
      const packs = this.after.index.packsInForce(divisionCode, businessDate);
      const key = packs.map(({ sha256 }) => sha256).join();
      inForce = this.#bySet.get(key) ?? { packs, plans: newNode(), plansOfOthers: newNode() };
      this.#bySet.set(key, inForce);
      if (dates.size >= MAX_DATES) dates.clear();
      dates.set(businessDate, inForce);
    }
    return inForce;
  }

  /** Lines of which nobody knows whether a new keyword occurs in them: their descriptions are sealed. */
  #findUnread(one: RecordedCase, plan: Plan, { after }: Rejudged): void {
    const { lines, funds, stage, divisionCode, businessDate } = one.facts;
    const found = new Map<string, { lines: number; amountFen: Fen }>();
    for (const line of lines) {
      const fund = funds[line.fundId];
      if (fund === undefined) continue;
      for (const compiled of plan.set.index.select(fund.type, divisionCode, stage).line) {
        const { rule } = compiled;
        if (!plan.unread.has(rule.id) || !isOpen(compiled, line.economicCode)) continue;
        if (holdsFor(compiled, fund, businessDate) === false) continue;
        if (after.some((reason) => reason.rule === rule.id && reason.lineId === line.lineId)) continue;
        const sum = found.get(rule.id) ?? { lines: 0, amountFen: 0n };
        found.set(rule.id, { lines: sum.lines + 1, amountFen: sum.amountFen + BigInt(line.amountFen) });
      }
    }
    for (const [rule, sum] of found) this.#tally.unread(rule, plan.unread.get(rule) as string[], sum);
  }
}

function isOpen({ rule }: CompiledRule, code: string | null): boolean {
  return (
    rule.kind === 'text_match' &&
    (code === null || !rule.unlessCodes.some((prefix) => code.startsWith(prefix)))
  );
}

function unreadOf(inForce: readonly Pack[], before: PackSet | null): ReadonlyMap<string, readonly string[]> {
  const unread = new Map<string, readonly string[]>();
  for (const { rules } of inForce) {
    for (const rule of rules) {
      if (rule.kind !== 'text_match') continue;
      const words = rule.keywords.filter((word) => !(before?.terms.includes(word) ?? false));
      if (words.length > 0) unread.set(rule.id, words);
    }
  }
  return unread;
}

function asksAnything({ index }: PackSet, { funds, divisionCode, stage }: RecordedCase['facts']): boolean {
  for (const fundId in funds) {
    const { line, fund, case: whole } = index.select(funds[fundId]!.type, divisionCode, stage);
    if (line.length > 0 || fund.length > 0 || whole.length > 0) return true;
  }
  return false;
}

const graver = (a: Outcome, b: Outcome): Outcome => (GRAVITY[a] > GRAVITY[b] ? a : b);
