import type { Decision } from './decision.js';
import type { Facts } from './facts.js';

/**
 * Facts as the audit log has them (canonical JSON, Fen as decimal strings under keys that end in `Fen`) to
 * Facts with bigint amounts.
 * @throws Error for an amount that is not an integer string: a number may already have lost digits.
 */
export function reviveFacts(json: unknown): Facts {
  const facts = revive(json, false);
  if (
    typeof facts !== 'object' ||
    facts === null ||
    !('stage' in facts) ||
    !('lines' in facts) ||
    !('funds' in facts)
  ) {
    throw new Error('not the facts of a decision');
  }
  return facts as Facts;
}

/** A decision as the audit log has it, amounts bigint again. */
export const reviveDecision = (json: unknown): Decision => revive(json, false) as Decision;

/** Copies a JSON value; below a key that ends in `Fen`, strings become bigint. */
export function revive(value: unknown, isFen: boolean): unknown {
  if (Array.isArray(value)) return value.map((part) => revive(part, isFen));
  if (isFen) {
    if (value === null || typeof value === 'bigint') return value;
    if (typeof value === 'string' && /^-?\d+$/.test(value)) return BigInt(value);
    throw new Error(`amount ${JSON.stringify(value)} is not a decimal string of Fen`);
  }
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value)) {
    // Defined, not assigned: a key `__proto__` stays a plain property.
    Object.defineProperty(copy, key, {
      value: revive(part, key.endsWith('Fen')),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return copy;
}
