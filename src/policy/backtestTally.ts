import type { Fen } from '../core/money.js';
import type { Rejudged } from './backtest.js';
import type { BacktestResult, RecordedCase, Sample, SampleReason } from './backtestTypes.js';
import { type Decision, type Effect, GRAVITY, type Outcome, type Reason } from './decision.js';
import type { Facts } from './facts.js';

type Writable<Row> = { -readonly [Key in keyof Row]: Row[Key] };
type RowOf<List extends keyof BacktestResult> = BacktestResult[List] extends readonly (infer Row)[]
  ? Writable<Row>
  : never;

/** Different reasons why cases could not be judged that are told apart. */
const MAX_WHYS = 50;

/** Counts what a backtest finds. */
export class BacktestTally {
  #cases = 0;
  #flipped = 0;
  readonly #flips = new Map<string, RowOf<'flips'>>();
  readonly #rules = new Map<string, RowOf<'rules'>>();
  readonly #places = new Map<string, RowOf<'places'>>();
  readonly #onTrial = new Map<string, RowOf<'onTrial'>>();
  readonly #unread = new Map<string, RowOf<'unread'>>();
  readonly #unjudged = new Map<string, number>();
  #samples: { readonly one: RecordedCase; readonly after: Outcome }[] = [];

  constructor(private readonly sampleCount: number) {}

  unjudged(message: string): void {
    this.#cases += 1;
    const why = this.#unjudged.size < MAX_WHYS || this.#unjudged.has(message) ? message : '其他';
    this.#unjudged.set(why, (this.#unjudged.get(why) ?? 0) + 1);
  }

  unread(rule: string, keywords: readonly string[], sum: { lines: number; amountFen: Fen }): void {
    const row = rowOf(this.#unread, rule, () => ({ rule, keywords: [], cases: 0, lines: 0, amountFen: 0n }));
    row.keywords = [...new Set([...row.keywords, ...keywords])].sort();
    row.cases += 1;
    row.lines += sum.lines;
    row.amountFen += sum.amountFen;
  }

  count(one: RecordedCase, judged: Rejudged): void {
    this.#cases += 1;
    const { facts, decision } = one;
    const { divisionCode } = facts;
    const place = rowOf(this.#places, divisionCode, () => ({
      divisionCode,
      cases: 0,
      flips: 0,
      amountFen: 0n,
    }));
    place.cases += 1;
    const isFlip = judged.outcome !== decision.outcome;
    if (isFlip) {
      const amountFen = amountOf(facts);
      this.#flipped += 1;
      place.flips += 1;
      place.amountFen += amountFen;
      this.#countFlip(facts, decision.outcome, judged.outcome, amountFen);
      this.#sample(one, judged.outcome);
    }
    if (judged.before.length > 0 || judged.after.length > 0) this.#countRules(facts, judged, isFlip);
    if (judged.kept.some(isOnTrial) || judged.after.some(isOnTrial)) this.#countTrials(facts, judged);
  }

  #countFlip({ stage }: Facts, before: Outcome, after: Outcome, amountFen: Fen): void {
    const key = `${stage} ${before} ${after}`;
    const flip = rowOf(this.#flips, key, () => ({ stage, before, after, cases: 0, amountFen: 0n }));
    flip.cases += 1;
    flip.amountFen += amountFen;
  }

  #countRules(facts: Facts, { before, after }: Rejudged, isFlip: boolean): void {
    const [then, now] = [strongest(before), strongest(after)];
    for (const rule of new Set([...then.keys(), ...now.keys()])) {
      const [was, is] = [then.get(rule), now.get(rule)];
      if (was === is) continue;
      const row = rowOf(this.#rules, rule, () => ({
        rule,
        speaks: 0,
        silent: 0,
        otherwise: 0,
        flips: 0,
        amountFen: 0n,
      }));
      if (was === undefined) row.speaks += 1;
      else if (is === undefined) row.silent += 1;
      else row.otherwise += 1;
      if (!isFlip) continue;
      row.flips += 1;
      row.amountFen += amountOf(facts);
    }
  }

  #countTrials(facts: Facts, { outcome, kept, after }: Rejudged): void {
    const trials = new Map<string, Effect>();
    for (const { mode, rule, severity } of [...kept, ...after]) {
      if (mode !== 'audit' || GRAVITY[severity] < GRAVITY.review) continue;
      if (GRAVITY[severity] > GRAVITY[trials.get(rule) ?? 'pass']) trials.set(rule, severity);
    }
    for (const [rule, severity] of trials) {
      const row = rowOf(this.#onTrial, rule, () => ({ rule, block: 0, review: 0, flips: 0, amountFen: 0n }));
      if (severity === 'block') row.block += 1;
      else row.review += 1;
      if (GRAVITY[severity] <= GRAVITY[outcome]) continue;
      row.flips += 1;
      row.amountFen += amountOf(facts);
    }
  }

  #sample(one: RecordedCase, after: Outcome): void {
    const samples = this.#samples;
    const last = samples.at(-1);
    if (samples.length >= this.sampleCount && (last === undefined || compare(one, last.one) > 0)) return;
    const at = samples.findIndex((other) => compare(one, other.one) < 0);
    samples.splice(at < 0 ? samples.length : at, 0, { one, after });
    if (samples.length > this.sampleCount) samples.pop();
  }

  result(decideAfter: (one: RecordedCase) => Decision): BacktestResult {
    const byKey = <Row>(rows: ReadonlyMap<string, Row>): Row[] =>
      [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => ({ ...row }));
    return {
      cases: this.#cases,
      flipped: this.#flipped,
      flips: byKey(this.#flips),
      rules: byKey(this.#rules),
      places: byKey(this.#places),
      onTrial: byKey(this.#onTrial),
      unread: byKey(this.#unread),
      unjudged: [...this.#unjudged]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([why, cases]) => ({ why, cases })),
      samples: this.#samples.map(({ one, after }) => sampleOf(one, after, decideAfter(one))),
    };
  }
}

const isOnTrial = ({ mode }: Reason): boolean => mode === 'audit';

function sampleOf(one: RecordedCase, after: Outcome, decision: Decision): Sample {
  const { bookId, logIndex, action, subjectId, facts } = one;
  return {
    bookId,
    logIndex,
    action,
    subjectId,
    businessDate: facts.businessDate,
    divisionCode: facts.divisionCode,
    amountFen: amountOf(facts),
    before: one.decision.outcome,
    after,
    reasonsBefore: shown(one.decision.reasons),
    reasonsAfter: shown(decision.reasons),
  };
}

const shown = (reasons: readonly Reason[]): SampleReason[] =>
  reasons
    .filter(({ effect }) => effect !== 'pass')
    .map(({ rule, effect, message }) => ({ rule, effect, message }));

/** What the case is about: its lines, or what a document allots. Logged amounts are text. */
function amountOf({ lines, allotment }: Facts): Fen {
  let sum = 0n;
  for (const { amountFen } of lines.length > 0 ? lines : (allotment?.recipients ?? []))
    sum += BigInt(amountFen);
  return sum;
}

function strongest(reasons: readonly Reason[]): ReadonlyMap<string, Effect> {
  const effects = new Map<string, Effect>();
  for (const { rule, effect } of reasons) {
    const known = effects.get(rule);
    if (known === undefined || GRAVITY[effect] > GRAVITY[known]) effects.set(rule, effect);
  }
  return effects;
}

function compare(a: RecordedCase, b: RecordedCase): number {
  const [x, y] = [a.facts.businessDate, b.facts.businessDate];
  if (x !== y) return x < y ? -1 : 1;
  if (a.bookId !== b.bookId) return a.bookId < b.bookId ? -1 : 1;
  return a.logIndex - b.logIndex;
}

function rowOf<Row>(rows: Map<string, Row>, key: string, make: () => Row): Row {
  let row = rows.get(key);
  if (row === undefined) {
    row = make();
    rows.set(key, row);
  }
  return row;
}
