import { canonicalJson } from '../core/canonical-json.js';
import { DomainError } from '../core/errors.js';
import type { Decision, Facts } from '../policy/index.js';

/**
 * A refusal decided by the rules: the caller gets the decision, the log the facts as well. What the caller gets is
 * plain JSON (Fen as text), because it is kept under the idempotency key and sent as it is.
 */
export const refuseWith = (code: string, message: string, decision: Decision, facts: Facts) =>
  new DomainError(code, message, {
    refusal: true,
    details: { decision: JSON.parse(canonicalJson(decision)) },
    evidence: { decision, facts },
  });

/** Throws `policy_blocked` with every blocking reason at once. */
export function demandNotBlocked(decision: Decision, facts: Facts): void {
  if (decision.outcome !== 'block') return;
  const messages = decision.reasons
    .filter((reason) => reason.effect === 'block')
    .map((reason) => reason.message);
  throw refuseWith('policy_blocked', [...new Set(messages)].join('；'), decision, facts);
}
