import { type CompiledRule, holdsFor } from './compile.js';
import type { Decision, Effect, Outcome, Reason, Remedy } from './decision.js';
import type { Facts, FundFacts, LineFacts } from './facts.js';
import type { Finding } from './kinds/base.js';
import type { PackSet } from './load.js';

/** Changes whenever the same packs and facts could give another decision; recorded with every one. */
export const ENGINE_VERSION = 'policy/1';

/**
 * Judges a case: every applicable rule is asked and every finding returned, not only the first. Pure and
 * deterministic, so that the audit log can make the decision again to the byte.
 * @throws Error when the facts contradict themselves (a line without its fund, a contract stage without a
 * contract) or an evaluator fails: the caller rolls back, so that nothing passes by mistake.
 */
export function decide(packs: PackSet, facts: Facts): Decision {
  const found = collect(packs, facts);
  const reasons = withoutOverridden(found).map(toReason);
  const sorted = reasons.length > 1 ? sortReasons(reasons, facts) : reasons;
  const inForce = packs.index.packsInForce(facts.divisionCode, facts.businessDate);
  return {
    outcome: outcomeOf(sorted),
    engine: ENGINE_VERSION,
    packs: inForce.map((pack) => ({ id: pack.document.id, sha256: pack.sha256 })),
    reasons: sorted,
  };
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
  if (stage === 'allotment' && facts.allotment === null)
    throw new Error('stage allotment needs an allotment');
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

/**
 * A rule that speaks drops the findings of the rules it overrides: on its own line, or on the whole case when it
 * speaks about that. Only a rule that is in force itself may do so.
 */
function withoutOverridden(found: readonly Found[]): readonly Found[] {
  const overriding = found.filter(
    ({ compiled: { rule, isSourceVerified }, isUnnamed }) =>
      rule.overrides.length > 0 && rule.mode === 'enforce' && isSourceVerified && !isUnnamed,
  );
  if (overriding.length === 0) return found;
  return found.filter(
    (one) =>
      !overriding.some(
        ({ compiled: { rule, subject }, lineId, fundId }) =>
          rule.overrides.includes(one.compiled.rule.id) &&
          (subject === 'case' || (subject === 'fund' ? fundId === one.fundId : lineId === one.lineId)),
      ),
  );
}

const WEIGHTS: Readonly<Record<Effect, number>> = { block: 0, review: 1, warn: 2, pass: 3 };
const atMost = (limit: Effect, effect: Effect): Effect => (WEIGHTS[effect] < WEIGHTS[limit] ? limit : effect);

function toReason({ compiled, finding, lineId, fundId, isUnnamed }: Found): Reason {
  const { rule, pack, clause, documentNo, isSourceVerified } = compiled;
  let severity: Effect =
    finding.effect === 'severity' ? rule.severity : atMost(rule.severity, finding.effect);
  if (isUnnamed) severity = atMost('review', severity);
  if (!isSourceVerified) severity = atMost('warn', severity);
  const remedies: Remedy[] = [...finding.remedies];
  if (isUnnamed) remedies.push({ kind: 'action', text: '登记该笔资金所属的项目名称' });
  if (rule.advice !== undefined) remedies.push({ kind: 'action', text: rule.advice });
  const unnamed = isUnnamed ? `该笔资金没有登记所属项目，按《${pack.document.title}》复核：` : '';
  const unverified = isSourceVerified ? '' : '（依据待核）';
  return {
    rule: rule.id,
    pack: pack.document.id,
    documentNo,
    clause: clause.id,
    quotation: clause.quotation,
    isSourceVerified,
    effect: rule.mode === 'enforce' ? severity : atMost('warn', severity),
    severity,
    mode: rule.mode,
    lineId,
    fundId: compiled.subject === 'case' ? null : fundId,
    message: `${unnamed}${finding.message}${unverified}`,
    figures: finding.figures ?? [],
    headroomFen: finding.headroomFen ?? null,
    remedies,
  };
}

function sortReasons(reasons: Reason[], facts: Facts): Reason[] {
  const order = new Map(facts.lines.map(({ lineId }, index) => [lineId, index]));
  const position = ({ lineId }: Reason) => (lineId === null ? -1 : order.get(lineId)!);
  const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return reasons.sort(
    (a, b) =>
      WEIGHTS[a.effect] - WEIGHTS[b.effect] ||
      position(a) - position(b) ||
      byText(a.rule, b.rule) ||
      byText(a.fundId ?? '', b.fundId ?? '') ||
      byText(a.message, b.message),
  );
}

function outcomeOf(reasons: readonly Reason[]): Outcome {
  if (reasons.some(({ effect }) => effect === 'block')) return 'block';
  return reasons.some(({ effect }) => effect === 'review') ? 'review' : 'allow';
}
