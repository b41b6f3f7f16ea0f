import type { Fen } from '../core/money.js';
import type { Decision, Effect, Outcome } from './decision.js';
import type { Facts, Stage } from './facts.js';

/** A decision on record with the facts that it was made from. */
export interface RecordedCase {
  readonly bookId: string;
  readonly logIndex: number;
  readonly action: string;
  readonly subjectId: string;
  readonly decision: Decision;
  /** As the log has them, amounts as text, or with amounts as Fen. */
  readonly facts: Facts;
}

/** A reason as it is shown beside a case that came out otherwise. */
export interface SampleReason {
  readonly rule: string;
  readonly effect: Effect;
  readonly message: string;
}

/** A case that would have come out otherwise. */
export interface Sample {
  readonly bookId: string;
  readonly logIndex: number;
  readonly action: string;
  readonly subjectId: string;
  readonly businessDate: string;
  readonly divisionCode: string;
  readonly amountFen: Fen;
  readonly before: Outcome;
  readonly after: Outcome;
  /** What stops or warns on either side. */
  readonly reasonsBefore: readonly SampleReason[];
  readonly reasonsAfter: readonly SampleReason[];
}

/**
 * What other packs would have made of recorded cases. A claim is judged at each of its stages, so cases and amounts are
 * counted per stage and never added up over them.
 */
export interface BacktestResult {
  readonly cases: number;
  /** Cases that would have come out otherwise. */
  readonly flipped: number;
  readonly flips: readonly {
    readonly stage: Stage;
    readonly before: Outcome;
    readonly after: Outcome;
    readonly cases: number;
    readonly amountFen: Fen;
  }[];
  /** Per rule the cases in which it newly speaks, falls silent, or speaks with another effect. */
  readonly rules: readonly {
    readonly rule: string;
    readonly speaks: number;
    readonly silent: number;
    readonly otherwise: number;
    /** Those among them that come out otherwise, and their amount. */
    readonly flips: number;
    readonly amountFen: Fen;
  }[];
  readonly places: readonly {
    readonly divisionCode: string;
    readonly cases: number;
    readonly flips: number;
    readonly amountFen: Fen;
  }[];
  /** What rules on trial (mode `audit`) would have done, had they been enforced. */
  readonly onTrial: readonly {
    readonly rule: string;
    readonly block: number;
    readonly review: number;
    /** Cases that would have come out graver. */
    readonly flips: number;
    readonly amountFen: Fen;
  }[];
  /** Keywords that were not looked for at the time: whether they occur, nobody can tell from the facts. */
  readonly unread: readonly {
    readonly rule: string;
    readonly keywords: readonly string[];
    readonly cases: number;
    readonly lines: number;
    readonly amountFen: Fen;
  }[];
  /** Cases whose recorded facts are not enough, by why. */
  readonly unjudged: readonly { readonly why: string; readonly cases: number }[];
  /** The earliest flips, by date, book and place in the log. */
  readonly samples: readonly Sample[];
}
