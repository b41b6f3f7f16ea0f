import type { Facts, FundFacts, LineFacts } from '../../../src/policy/facts.js';
import type { NaiveRule } from './pack.js';

/** What a kind says; `about` stands for the message: two findings of a rule differ in it when their messages do. */
export interface Finding {
  readonly effect: 'breach' | 'review' | 'warn' | 'pass';
  readonly about: string;
  readonly headroomFen?: bigint;
  readonly headroomAfterFen?: bigint;
}

export interface Question {
  readonly rule: NaiveRule;
  readonly facts: Facts;
  readonly fund: FundFacts;
  /** The text of a parameter on a date (the business date, unless another is given); null is unknown. */
  readonly parameter: (id: string | undefined, date?: string) => string | null;
}

export type LineQuestion = Question & { readonly line: LineFacts };

export const breach = (about = ''): Finding => ({ effect: 'breach', about });
export const review = (about = 'review'): Finding => ({ effect: 'review', about });
export const warn = (about = 'warn'): Finding => ({ effect: 'warn', about });

export const has = (list: readonly string[] | undefined, word: string): boolean =>
  (list ?? []).includes(word);
export const isGiven = (list: readonly string[] | undefined): boolean => (list ?? []).length > 0;
export const isBegun = (text: string, prefixes: readonly string[] | undefined): boolean =>
  (prefixes ?? []).some((prefix) => text.startsWith(prefix));
