import type { Unit } from '../audit/index.js';
import { type Decision, explainDecision, type Facts, type PackSet } from '../policy/index.js';
import { decisionView } from './contracts.views.js';
import type { ExplainedDecision, ExplanationView } from './explanation.schema.js';
import type { SpendingCase } from './facts.js';
import { noObjections, type Objections, waysOut } from './ways-out.js';

export interface Judged {
  readonly decision: Decision;
  readonly facts: Facts;
}

/** A judged case with its explanation; every way out was tried on the very case and judged again. */
export async function explainedCase(
  unit: Unit,
  packs: PackSet,
  spending: SpendingCase,
  judged: Judged,
  object: Objections = noObjections,
): Promise<ExplainedDecision> {
  const explanation = await explainCase(unit, packs, spending, judged, object);
  return { ...decisionView(judged.decision), explanation, lineIds: spending.lines.map(({ id }) => id) };
}

/** `object` says what stands against a case besides the rules. */
export const explainCase = async (
  unit: Unit,
  packs: PackSet,
  spending: SpendingCase,
  judged: Judged,
  object: Objections = noObjections,
): Promise<ExplanationView> => ({
  paragraphs: explainDecision(packs, judged.facts, judged.decision),
  waysOut: await waysOut(unit, packs, spending, judged, object),
});
