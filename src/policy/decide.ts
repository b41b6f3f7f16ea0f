import { type CompiledRule, holdsFor, modeOf } from './compile.js';
import {
  type Decision,
  EFFECT_LABELS,
  type Effect,
  GRAVITY,
  type Outcome,
  type Reason,
  type Remedy,
} from './decision.js';
import type { Facts, FundFacts, LineFacts } from './facts.js';
import type { Finding } from './kinds/base.js';
import type { PackSet } from './load.js';
import { waivedBy } from './waive.js';

/** Changes whenever the same packs and facts could give another decision; recorded with every one. */
export const ENGINE_VERSION = 'policy/2';

/**
 * Judges a case: every applicable rule is asked and every finding returned, not only the first. Pure and
 * deterministic, so that the audit log can make the decision again to the byte.
 * @throws Error when the facts contradict themselves (a line without its fund, a contract stage without a
 * contract) or an evaluator fails: the caller rolls back, so that nothing passes by mistake.
 */
export function decide(packs: PackSet, facts: Facts): Decision {
  const reasons = reasonsFor(packs, facts);
  const inForce = packs.index.packsInForce(facts.divisionCode, facts.businessDate);
  return {
    outcome: outcomeOf(reasons),
    engine: ENGINE_VERSION,
    packs: inForce.map((pack) => ({ id: pack.document.id, sha256: pack.sha256 })),
    reasons,
  };
}

/** The reasons of a decision alone. */
export function reasonsFor(packs: PackSet, facts: Facts): readonly Reason[] {
  const weighed = collect(packs, facts).map((found) => weigh(found, facts));
  const reasons = withoutOverridden(weighed).map(({ reason }) => reason);
  return reasons.length > 1 ? sortReasons(reasons, facts) : reasons;
}

interface Found {
  readonly compiled: CompiledRule;
  readonly finding: Finding;
  readonly lineId: string | null;
  readonly fundId: string;
  /** The fund names no programme, so whether the rule holds for it is unknown. */
  readonly isUnnamed: boolean;
}

function collect(packs: PackSet, facts: Facts): Found[] {
  const { index } = packs;
  const { stage, divisionCode, businessDate, funds, lines } = facts;
  if (stage === 'contract' && facts.contract === null) throw new Error('stage contract needs a contract');
  if ((stage === 'allotment') !== (facts.allotment !== null))
    throw new Error('stage allotment needs an allotment, and no other stage has one');
  const found: Found[] = [];
  const ask = (compiled: CompiledRule, fund: FundFacts, line: LineFacts | null) => {
    const holds = holdsFor(compiled, fund, businessDate);
    if (holds === false) return;
    const findings = compiled.evaluate(compiled.rule, { fund, line, facts, parameters: index.parameters });
    for (const finding of findings) {
      if (holds === 'unnamed' && finding.effect === 'pass') continue;
      const lineId = line === null ? null : line.lineId;
      found.push({ compiled, finding, lineId, fundId: fund.fundId, isUnnamed: holds === 'unnamed' });
    }
  };
  for (const line of lines) {
    const fund = fundOf(facts, line.fundId);
    for (const compiled of index.select(fund.type, divisionCode, stage).line) ask(compiled, fund, line);
  }
  // Sorted, because the log's canonical JSON sorts keys and the decision must not depend on it.
  const fundIds = Object.keys(funds).sort();
  for (const fundId of fundIds) {
    const fund = fundOf(facts, fundId);
    const selection = index.select(fund.type, divisionCode, stage);
    for (const compiled of selection.fund) ask(compiled, fund, null);
    for (const compiled of selection.case) ask(compiled, fund, null);
  }
  if (fundIds.length === 0) throw new Error('a case draws on at least one fund');
  return fundIds.length === 1 ? found : withoutRepeats(found);
}

function fundOf(facts: Facts, fundId: string): FundFacts {
  const fund = Object.hasOwn(facts.funds, fundId) ? facts.funds[fundId] : undefined;
  if (fund === undefined) throw new Error(`line draws on fund ${fundId}, which the facts do not have`);
  return fund;
}

/** What is said about the case as a whole is said once, though several funds raise it. */
function withoutRepeats(found: readonly Found[]): Found[] {
  const said = new Map<string, Found>();
  for (const one of found) {
    const { compiled, finding, lineId, fundId } = one;
    const about = compiled.subject === 'case' ? '' : fundId;
    const key = `${compiled.rule.id}|${lineId}|${about}|${finding.message}`;
    const earlier = said.get(key);
    if (earlier === undefined || (earlier.isUnnamed && !one.isUnnamed)) said.set(key, one);
  }
  return [...said.values()];
}

/** A finding with what it comes to here and now. */
interface Weighed extends Found {
  readonly reason: Reason;
}

/**
 * A rule that speaks drops the findings of the rules it overrides: on its own line, or on the whole case when it
 * speaks about that. Only a rule that is in force itself may do so, and not where an exception lets its finding pass:
 * what stands behind it (a national law behind a province's rule) must then be answered for by itself.
 */
function withoutOverridden(weighed: readonly Weighed[]): readonly Weighed[] {
  const overriding = weighed.filter(
    ({ compiled: { rule, isSourceVerified }, isUnnamed, reason }) =>
      rule.overrides.length > 0 &&
      reason.mode === 'enforce' &&
      reason.waiver === null &&
      isSourceVerified &&
      !isUnnamed,
  );
  if (overriding.length === 0) return weighed;
  return weighed.filter(
    (one) =>
      !overriding.some(
        ({ compiled: { rule, subject }, lineId, fundId }) =>
          rule.overrides.includes(one.compiled.rule.id) &&
          (subject === 'case' || (subject === 'fund' ? fundId === one.fundId : lineId === one.lineId)),
      ),
  );
}

const atMost = (limit: Effect, effect: Effect): Effect => (GRAVITY[effect] > GRAVITY[limit] ? limit : effect);

function weigh(found: Found, facts: Facts): Weighed {
  const { compiled, finding, lineId, fundId, isUnnamed } = found;
  const { rule, pack, clause, documentNo, isSourceVerified } = compiled;
  const aboutFund = compiled.subject === 'case' ? null : fundId;
  let severity: Effect =
    finding.effect === 'severity' ? rule.severity : atMost(rule.severity, finding.effect);
  if (isUnnamed) severity = atMost('review', severity);
  if (!isSourceVerified) severity = atMost('warn', severity);
  const mode = modeOf(compiled, facts.divisionCode, facts.businessDate);
  const stops = mode === 'enforce' && (severity === 'block' || severity === 'review');
  const waived = stops ? waivedBy(compiled, facts, aboutFund) : null;
  const waiver = waived?.by ?? null;
  const remedies: Remedy[] = [...finding.remedies];
  if (isUnnamed) remedies.push({ kind: 'action', text: '登记该笔资金所属的项目名称' });
  if (rule.advice !== undefined) remedies.push({ kind: 'action', text: rule.advice });
  for (const text of waived?.faults ?? []) remedies.push({ kind: 'action', text });
  const before = [
    waiver ? `按例外批准${waiver.documentNo}（有效至 ${waiver.until}）放行：` : '',
    isUnnamed ? `该笔资金没有登记所属项目，按《${pack.document.title}》复核：` : '',
  ].join('');
  const after = [
    isSourceVerified ? '' : '（依据待核）',
    mode === 'audit' && severity !== 'pass'
      ? `（试运行，只作记录：正式执行时为${EFFECT_LABELS[severity]}）`
      : '',
  ].join('');
  const reason: Reason = {
    rule: rule.id,
    pack: pack.document.id,
    documentNo,
    clause: clause.id,
    quotation: clause.quotation,
    isSourceVerified,
    effect: mode === 'enforce' && waiver === null ? severity : atMost('warn', severity),
    severity,
    mode,
    lineId,
    fundId: aboutFund,
    message: `${before}${finding.message}${after}`,
    figures: finding.figures ?? [],
    headroomFen: finding.headroomFen ?? null,
    headroomAfterFen: finding.headroomAfterFen ?? null,
    waiver: waiver === null ? null : waiver.waiverId,
    remedies,
  };
  return { ...found, reason };
}

function sortReasons(reasons: Reason[], facts: Facts): Reason[] {
  const order = new Map(facts.lines.map(({ lineId }, index) => [lineId, index]));
  const position = ({ lineId }: Reason) => (lineId === null ? -1 : order.get(lineId)!);
  const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return reasons.sort(
    (a, b) =>
      GRAVITY[b.effect] - GRAVITY[a.effect] ||
      position(a) - position(b) ||
      byText(a.rule, b.rule) ||
      byText(a.fundId ?? '', b.fundId ?? '') ||
      byText(a.message, b.message),
  );
}

export function outcomeOf(reasons: readonly Reason[]): Outcome {
  if (reasons.some(({ effect }) => effect === 'block')) return 'block';
  return reasons.some(({ effect }) => effect === 'review') ? 'review' : 'allow';
}
