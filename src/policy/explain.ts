import { showYuan } from '../core/money.js';
import { EVIDENCE_LABELS, SOURCE_LABELS } from '../core/vocabulary.js';
import { type Decision, EFFECT_LABELS, type Outcome, type Reason, type Remedy } from './decision.js';
import type { Facts } from './facts.js';
import type { PackSet } from './load.js';
import { sourceOf } from './pack.schema.js';

const OUTCOME_TEXTS: Readonly<Record<Outcome, string>> = {
  allow: '可以通过',
  review: '须经人工复核，复核人填写意见后可以继续',
  block: '不能通过',
};

/**
 * A decision as a person would explain it, in Chinese: what comes of it, then each reason with its line, its ground
 * (document, 文号, section, clause, quotation), the figures compared, the room left and what would help.
 */
export function explainDecision(packs: PackSet, facts: Facts, decision: Decision): string[] {
  const count = (effect: Reason['effect']) =>
    decision.reasons.filter((reason) => reason.effect === effect).length;
  const counted = (['block', 'review', 'warn'] as const)
    .map((effect) => ({ effect, n: count(effect) }))
    .filter(({ n }) => n > 0)
    .map(({ effect, n }) => `${EFFECT_LABELS[effect]} ${n} 项`);
  const head = `结论：${OUTCOME_TEXTS[decision.outcome]}${counted.length > 0 ? `（${counted.join('，')}）` : ''}。`;
  if (decision.reasons.length === 0) return [`${head}现行条款中没有限制本次用款的规定。`];
  return [head, ...decision.reasons.map((reason) => explainReason(packs, facts, reason))];
}

function explainReason(packs: PackSet, facts: Facts, reason: Reason): string {
  const sentences = [
    `【${EFFECT_LABELS[reason.effect]}】${placeOf(facts, reason)}${reason.message}`,
    groundOf(packs, reason),
  ];
  if (reason.figures.length > 0) {
    sentences.push(`比较的数字：${reason.figures.map(([label, value]) => `${label} ${value}`).join('，')}`);
  }
  if (reason.headroomAfterFen !== null && reason.effect !== 'block') {
    sentences.push(`本次之后还剩 ${showYuan(reason.headroomAfterFen)} 元`);
  }
  const remedies = reason.effect === 'pass' ? [] : reason.remedies.map(explainRemedy);
  if (remedies.length > 0) sentences.push(`可以这样办：${remedies.join('；')}`);
  return `${sentences.join('。')}。`;
}

function placeOf(facts: Facts, { lineId, fundId }: Reason): string {
  if (lineId !== null) return `第 ${facts.lines.findIndex((line) => line.lineId === lineId) + 1} 行：`;
  if (fundId === null) return '';
  return Object.keys(facts.funds).length > 1 ? `资金${facts.funds[fundId]?.documentNo}：` : '';
}

function groundOf(packs: PackSet, reason: Reason): string {
  const pack = packs.packs.find(({ document }) => document.id === reason.pack);
  const clause = pack?.clauses.find(({ id }) => id === reason.clause);
  const named =
    pack && clause
      ? `《${sourceOf(pack, clause).title}》（${reason.documentNo}）${clause.section}`
      : reason.documentNo;
  const fixed =
    reason.effect === 'block' && clause?.nonWaivable ? `；本条款不得例外：${clause.nonWaivable}` : '';
  return `依据：${named}，条款 ${reason.clause}“${reason.quotation}”${reason.isSourceVerified ? '' : '，依据待核'}${fixed}`;
}

export function explainRemedy(remedy: Remedy): string {
  switch (remedy.kind) {
    case 'other_source':
      return `改由${remedy.sources.map((source) => SOURCE_LABELS[source]).join('、')}支付（条款 ${remedy.clause}）`;
    case 'evidence':
      return `补附${remedy.evidence.map((kind) => EVIDENCE_LABELS[kind]).join('、')}`;
    case 'smaller_amount':
      return `把金额减到 ${showYuan(remedy.amountFen)} 元以内`;
    case 'action':
      return remedy.text;
  }
}
