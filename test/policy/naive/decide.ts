import type { Remedy } from '../../../src/policy/decision.js';
import type { Facts, FundFacts, LineFacts } from '../../../src/policy/facts.js';
import { CASE_KINDS } from './case.js';
import { type Finding, isBegun } from './finding.js';
import { FUND_KINDS } from './funds.js';
import { LINE_KINDS } from './lines.js';
import {
  type Mode,
  type NaiveClause,
  type NaiveRule,
  type NaiveSource,
  type ReadPack,
  valueOn,
} from './pack.js';

export type Effect = 'block' | 'review' | 'warn' | 'pass';
const STRENGTH: Readonly<Record<Effect, number>> = { pass: 0, warn: 1, review: 2, block: 3 };
const atMost = (effect: Effect, most: Effect): Effect => (STRENGTH[effect] < STRENGTH[most] ? effect : most);

export interface NaiveReason {
  readonly rule: string;
  readonly pack: string;
  readonly documentNo: string;
  readonly clause: string;
  readonly quotation: string;
  readonly effect: Effect;
  readonly severity: Effect;
  readonly mode: Mode;
  readonly lineId: string | null;
  readonly fundId: string | null;
  readonly headroomFen: bigint | null;
  readonly headroomAfterFen: bigint | null;
  readonly waiver: string | null;
  readonly isSourceVerified: boolean;
  /** Of the remedies those that are no text: other money, and a smaller amount. */
  readonly remedies: readonly Remedy[];
}

export interface NaiveDecision {
  readonly outcome: 'allow' | 'review' | 'block';
  readonly packs: readonly { readonly id: string; readonly sha256: string }[];
  readonly reasons: readonly NaiveReason[];
}

/** A finding with everything about where it came from. */
interface Said {
  readonly pack: ReadPack;
  readonly rule: NaiveRule;
  readonly clause: NaiveClause;
  readonly source: NaiveSource;
  readonly sort: 'line' | 'fund' | 'case';
  readonly fund: FundFacts;
  readonly line: LineFacts | null;
  readonly isUnnamed: boolean;
  readonly finding: Finding;
}

/** The decision that docs/policy-packs.md gives: every rule of every pack, one after the other. */
export function naiveDecide(packs: readonly ReadPack[], facts: Facts): NaiveDecision {
  demand(facts);
  const weighed = dropRepeats(ask(packs, facts), facts).map((said) => ({ said, reason: weigh(said, facts) }));
  const kept = weighed.filter(({ said, reason }) => {
    const isDropped = weighed.some(
      (other) =>
        (other.said.rule.overrides ?? []).includes(reason.rule) &&
        overrides(other.said, other.reason) &&
        reaches(other.said, said),
    );
    return !isDropped;
  });
  const reasons = kept.map(({ reason }) => reason).sort(inOrder(facts));
  const any = (effect: Effect) => reasons.some((reason) => reason.effect === effect);
  return {
    outcome: any('block') ? 'block' : any('review') ? 'review' : 'allow',
    packs: packs
      .filter(
        ({ document }) =>
          (document.jurisdiction.length === 0 || isBegun(facts.divisionCode, document.jurisdiction)) &&
          isWithin(facts.businessDate, [document.effectiveFrom], [document.effectiveUntil]),
      )
      .map(({ document, sha256 }) => ({ id: document.id, sha256 })),
    reasons,
  };
}

function demand({ stage, contract, allotment, funds, lines, divisionCode }: Facts): void {
  if (!/^\d{6}$/.test(divisionCode)) throw new Error('division');
  if (Object.keys(funds).length === 0 || lines.some(({ fundId }) => !Object.hasOwn(funds, fundId)))
    throw new Error('funds');
  if ((stage === 'contract' && contract === null) || (stage === 'allotment') !== (allotment !== null))
    throw new Error('stage');
}

function ask(packs: readonly ReadPack[], facts: Facts): Said[] {
  const funds = Object.keys(facts.funds)
    .sort()
    .map((id) => facts.funds[id]!);
  const parameter = (id: string | undefined, date = facts.businessDate) => valueOn(packs, id, date);
  const said: Said[] = [];
  for (const pack of packs) {
    for (const { rule, clause, source } of pack.stated) {
      const sort = sortOf(rule);
      const targets =
        sort === 'line'
          ? facts.lines.map((line) => ({ line, fund: facts.funds[line.fundId]! }))
          : funds.map((fund) => ({ line: null, fund }));
      for (const { line, fund } of targets) {
        const fit = fits(pack, rule, source, facts, fund);
        if (fit === 'no') continue;
        const isUnnamed = fit === 'unnamed';
        const question = { rule, facts, fund, parameter };
        const findings =
          line === null
            ? (FUND_KINDS[rule.kind] ?? CASE_KINDS[rule.kind]!)(question)
            : LINE_KINDS[rule.kind]!({ ...question, line });
        for (const finding of findings) {
          if (isUnnamed && finding.effect === 'pass') continue;
          said.push({ pack, rule, clause, source, sort, fund, line, isUnnamed, finding });
        }
      }
    }
  }
  return said;
}

function sortOf({ kind }: NaiveRule): Said['sort'] {
  if (kind in LINE_KINDS) return 'line';
  if (kind in FUND_KINDS) return 'fund';
  if (kind in CASE_KINDS) return 'case';
  throw new Error(`the kind ${kind} is unknown`);
}

const isWithin = (
  date: string,
  from: readonly (string | undefined)[],
  until: readonly (string | null | undefined)[],
) =>
  from.every((day) => day === undefined || day <= date) &&
  until.every((day) => day === undefined || day === null || date <= day);

function fits(
  { document }: ReadPack,
  { scope }: NaiveRule,
  source: NaiveSource,
  { stage, divisionCode, businessDate }: Facts,
  fund: FundFacts,
): 'yes' | 'no' | 'unnamed' {
  if (scope.sources !== 'any' && !scope.sources.includes(fund.type)) return 'no';
  if (!scope.stages.includes(stage)) return 'no';
  const places = scope.divisionPrefixes ?? document.jurisdiction;
  const isEverywhere = scope.divisionPrefixes === undefined && places.length === 0;
  if (!isEverywhere && !isBegun(divisionCode, places)) return 'no';
  if (scope.levels !== undefined && !scope.levels.includes(fund.level)) return 'no';
  if (scope.fundYears !== undefined && !scope.fundYears.includes(fund.year)) return 'no';
  if (scope.exceptReliefWorkFunds === true && fund.isReliefWorkFund) return 'no';
  const from = [scope.from, source.effectiveFrom, document.effectiveFrom];
  const until = [scope.until, source.effectiveUntil, document.effectiveUntil];
  if (!isWithin(businessDate, from, until)) return 'no';
  if (scope.programmes === undefined) return 'yes';
  const { programme } = fund;
  if (programme === null) return 'unnamed';
  return scope.programmes.some((text) => programme.includes(text)) ? 'yes' : 'no';
}

function dropRepeats(said: readonly Said[], facts: Facts): Said[] {
  if (Object.keys(facts.funds).length === 1) return [...said];
  const isRepeat = (one: Said, other: Said) =>
    one.rule === other.rule &&
    one.finding.effect === other.finding.effect &&
    one.finding.about === other.finding.about &&
    (one.sort === 'case' || (one.sort === 'fund' ? one.fund === other.fund : one.line === other.line));
  return said.filter((one, at) => {
    const isLost = said.some((other, place) => {
      if (one === other || !isRepeat(one, other)) return false;
      return one.isUnnamed === other.isUnnamed ? place < at : one.isUnnamed;
    });
    return !isLost;
  });
}

function weigh(
  { pack, rule, clause, source, sort, fund, line, isUnnamed, finding }: Said,
  facts: Facts,
): NaiveReason {
  let severity: Effect = finding.effect === 'breach' ? rule.severity : atMost(finding.effect, rule.severity);
  if (isUnnamed) severity = atMost(severity, 'review');
  const isSourceVerified = source.grade !== 'remembered';
  if (!isSourceVerified) severity = atMost(severity, 'warn');
  const mode = modeOf(rule, facts);
  const mayBeWaived = mode === 'enforce' && (severity === 'block' || severity === 'review');
  const waiver = mayBeWaived
    ? facts.waivers.find(
        (each) =>
          each.clause === rule.clause &&
          clause.nonWaivable === undefined &&
          !each.isRevoked &&
          each.from <= facts.businessDate &&
          facts.businessDate <= each.until &&
          isForFund(each.fundId, sort, fund, facts) &&
          isUnderLimit(each, facts),
      )
    : undefined;
  return {
    rule: rule.id,
    pack: pack.document.id,
    documentNo: source.documentNo,
    clause: rule.clause,
    quotation: clause.quotation,
    effect: mode === 'enforce' && waiver === undefined ? severity : atMost(severity, 'warn'),
    severity,
    mode,
    lineId: line?.lineId ?? null,
    fundId: sort === 'case' ? null : fund.fundId,
    headroomFen: finding.headroomFen ?? null,
    headroomAfterFen: finding.headroomAfterFen ?? null,
    waiver: waiver?.waiverId ?? null,
    isSourceVerified,
    remedies: finding.effect === 'breach' ? remediesOf(rule, finding) : [],
  };
}

function remediesOf({ kind, verdict, alternatives }: NaiveRule, { headroomFen }: Finding): Remedy[] {
  if (kind !== 'ratio_cap' && verdict !== 'denied') return [];
  const others = (alternatives ?? []).map((other) => ({ kind: 'other_source', ...other }) as Remedy);
  return headroomFen ? [{ kind: 'smaller_amount', amountFen: headroomFen }, ...others] : others;
}

function modeOf(rule: NaiveRule, { divisionCode, businessDate }: Facts): Mode {
  let mode = rule.mode ?? 'enforce';
  let longest = 0;
  for (const entry of rule.modes ?? []) {
    if (!isWithin(businessDate, [entry.from], [entry.until])) continue;
    for (const prefix of entry.divisionPrefixes) {
      if (divisionCode.startsWith(prefix) && prefix.length > longest) {
        longest = prefix.length;
        mode = entry.mode;
      }
    }
  }
  return mode;
}

function isForFund(fundId: string | null, sort: Said['sort'], fund: FundFacts, facts: Facts): boolean {
  if (fundId === null) return true;
  return sort === 'case' ? Object.hasOwn(facts.funds, fundId) : fundId === fund.fundId;
}

function isUnderLimit({ limitFen, usedFen, fundId }: Facts['waivers'][number], { lines }: Facts): boolean {
  const drawn = lines
    .filter((line) => fundId === null || line.fundId === fundId)
    .reduce((sum, { amountFen }) => sum + amountFen, 0n);
  return limitFen === null || usedFen + drawn <= limitFen;
}

const overrides = ({ isUnnamed }: Said, { mode, isSourceVerified, waiver }: NaiveReason): boolean =>
  mode === 'enforce' && isSourceVerified && !isUnnamed && waiver === null;

function reaches(over: Said, under: Said): boolean {
  if (over.sort === 'case') return true;
  return over.sort === 'fund' ? under.fund === over.fund : under.line === over.line;
}

const inOrder = ({ lines }: Facts) => {
  const place = ({ lineId }: NaiveReason) =>
    lineId === null ? -1 : lines.findIndex((line) => line.lineId === lineId);
  const text = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return (a: NaiveReason, b: NaiveReason): number =>
    STRENGTH[b.effect] - STRENGTH[a.effect] ||
    place(a) - place(b) ||
    text(a.rule, b.rule) ||
    text(a.fundId ?? '', b.fundId ?? '');
};
