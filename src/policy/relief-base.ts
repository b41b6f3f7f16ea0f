import type { Fen } from '../core/money.js';
import { BASE_LEVELS, type BaseLevel, LEVEL_LABELS } from '../core/vocabulary.js';
import type { ReliefBaseFacts } from './facts.js';

/**
 * What of a base counts when the money of `levels` does: the total where that is every level, their parts otherwise.
 * Null when parts are needed and the declaration does not give them.
 */
export function countedFen({ amountFen, split }: ReliefBaseFacts, levels: readonly BaseLevel[]): Fen | null {
  if (BASE_LEVELS.every((level) => levels.includes(level))) return amountFen;
  if (split === null) return null;
  return split.reduce((sum, part) => (levels.includes(part.level) ? sum + part.amountFen : sum), 0n);
}

/** 中央、省级、市（州）级、县级 */
export const levelsLabel = (levels: readonly BaseLevel[]): string =>
  levels.map((level) => LEVEL_LABELS[level]).join('、');
