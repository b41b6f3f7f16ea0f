import type { Fen } from '../core/money.js';
import type { EvidenceKind, SourceType } from '../core/vocabulary.js';
import type { Mode } from './kinds/base.js';

/** What a decision says as a whole: the strongest effect among its reasons. */
export type Outcome = 'allow' | 'review' | 'block';
export const OUTCOME_LABELS: Readonly<Record<Outcome, string>> = {
  allow: '通过',
  review: '复核',
  block: '禁止',
};

/** How one reason weighs: `pass` is a clause that positively permits and is shown as the ground. */
export type Effect = 'block' | 'review' | 'warn' | 'pass';
/** How grave effects and outcomes are beside each other; 0 stops nothing and says nothing against the case. */
export const GRAVITY: Readonly<Record<Effect | Outcome, number>> = {
  pass: 0,
  allow: 0,
  warn: 1,
  review: 2,
  block: 3,
};
export const EFFECT_LABELS: Readonly<Record<Effect, string>> = {
  block: '禁止',
  review: '复核',
  warn: '提示',
  pass: '允许',
};

/** One thing that would let the case through. */
export type Remedy =
  | { readonly kind: 'other_source'; readonly sources: readonly SourceType[]; readonly clause: string }
  | { readonly kind: 'evidence'; readonly evidence: readonly EvidenceKind[] }
  | { readonly kind: 'smaller_amount'; readonly amountFen: Fen }
  | { readonly kind: 'action'; readonly text: string };

/** One rule's finding about the case or one of its lines. */
export interface Reason {
  readonly rule: string;
  readonly pack: string;
  readonly documentNo: string;
  readonly clause: string;
  readonly quotation: string;
  /** False shows 依据待核; such a rule never does more than warn. */
  readonly isSourceVerified: boolean;
  /** What the finding does after mode and source status are applied. */
  readonly effect: Effect;
  /** What it would have done in mode `enforce`; differs from `effect` only in `warn` and `audit` mode. */
  readonly severity: Effect;
  readonly mode: Mode;
  readonly lineId: string | null;
  readonly fundId: string | null;
  /** Chinese, complete in itself, with the compared figures. */
  readonly message: string;
  /** The figures compared, as shown: [["本年已用", "15,000,000.00 元"], …]. */
  readonly figures: readonly (readonly [label: string, value: string])[];
  /** Room left under a cap before this case; null where the rule has none. */
  readonly headroomFen: Fen | null;
  /** Room left once this case is counted; null where the rule has none. */
  readonly headroomAfterFen: Fen | null;
  /** The exception (例外批准) under which the finding only warns; null where none was applied and holds. */
  readonly waiver: string | null;
  readonly remedies: readonly Remedy[];
}

export interface Decision {
  readonly outcome: Outcome;
  readonly engine: string;
  /** Packs in force for the place and date, by id, with the SHA-256 of their bytes. */
  readonly packs: readonly { readonly id: string; readonly sha256: string }[];
  readonly reasons: readonly Reason[];
}
