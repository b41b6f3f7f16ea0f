import type { Db } from '../db/store.js';
import type { Decision, Effect } from '../policy/index.js';
import type { Span } from './sources.js';

/** Reading one decision costs its few kilobytes of JSON; so many are read within a request, a second at most. */
export const MAX_DECISIONS = 5000;
const PAGE = 250;
/** What an entry with a decision in it may have come to. */
const DECIDED = [
  'allow',
  'review',
  'block',
  'refused:policy_blocked',
  'refused:review_note_required',
  'refused:split_disagrees',
] as const;
const EFFECTS: readonly Effect[] = ['block', 'review', 'warn', 'pass'];

export type EffectCounts = Record<Effect, number>;
export interface RuleCounts {
  readonly counted: number;
  readonly isComplete: boolean;
  /** How many decisions a set of rules is named in, each under its gravest effect. */
  of(rules: readonly string[]): EffectCounts;
}

/** Places of the log within the year, first and one past the last. */
export interface LogRange {
  readonly first: number;
  readonly end: number;
}

/**
 * By halving, as the log is not indexed by time: it is written by a clock, which goes forward. Where a clock was set
 * back around New Year's night, entries of that night may be counted to the other year.
 */
export async function logRange(db: Db, { bookId, year }: Pick<Span, 'bookId' | 'year'>): Promise<LogRange> {
  const { logSize } = await db
    .selectFrom('book')
    .select('logSize')
    .where('id', '=', bookId)
    .executeTakeFirstOrThrow();
  const at = async (instant: string) => {
    let [low, high] = [0, logSize];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const entry = await db
        .selectFrom('logEntry')
        .select('recordedAt')
        .where('bookId', '=', bookId)
        .where('logIndex', '=', middle)
        .executeTakeFirstOrThrow();
      if (entry.recordedAt < instant) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return { first: await at(newYear(year)), end: await at(newYear(year + 1)) };
}

/** Midnight in China, as the log tells instants. */
export const newYear = (year: number) => new Date(`${year}-01-01T00:00:00+08:00`).toISOString();

/** Entries of one outcome within the range, newest first: read from the index alone. */
const indexesOf = async (db: Db, bookId: string, outcome: string, { first, end }: LogRange) =>
  db
    .selectFrom('logEntry')
    .select('logIndex')
    .where('bookId', '=', bookId)
    .where('outcome', '=', outcome)
    .where('logIndex', '>=', first)
    .where('logIndex', '<', end)
    .orderBy('logIndex', 'desc')
    .limit(MAX_DECISIONS + 1)
    .execute();

/** The newest decisions of some outcomes within a range, at most `MAX_DECISIONS`; `isComplete`: there are no others. */
export async function newestDecisions(
  db: Db,
  bookId: string,
  range: LogRange,
  outcomes: readonly string[],
): Promise<{ decisions: { subjectId: string; decision: Decision }[]; isComplete: boolean }> {
  const found: number[] = [];
  for (const outcome of outcomes)
    for (const { logIndex } of await indexesOf(db, bookId, outcome, range)) found.push(logIndex);
  const indexes = found.sort((a, b) => b - a).slice(0, MAX_DECISIONS);
  const decisions: { subjectId: string; decision: Decision }[] = [];
  for (let start = 0; start < indexes.length; start += PAGE) {
    const entries = await db
      .selectFrom('logEntry')
      .select(['body', 'subjectId'])
      .where('bookId', '=', bookId)
      .where('logIndex', 'in', indexes.slice(start, start + PAGE))
      .execute();
    for (const { body, subjectId } of entries) {
      const { decision } = JSON.parse(body) as { decision?: Decision };
      if (decision) decisions.push({ subjectId, decision });
    }
  }
  return { decisions, isComplete: found.length <= MAX_DECISIONS };
}

/** Reads the newest decisions of the year, at most `MAX_DECISIONS`, and counts what rules they name. */
export async function countDecisions(db: Db, { bookId }: Span, range: LogRange): Promise<RuleCounts> {
  const newest = await newestDecisions(db, bookId, range, DECIDED);
  const decisions = newest.decisions.map(({ decision }) => gravest(decision));
  return {
    counted: decisions.length,
    isComplete: newest.isComplete,
    of(rules) {
      const counts: EffectCounts = { block: 0, review: 0, warn: 0, pass: 0 };
      for (const effects of decisions) {
        const named = rules.flatMap((rule) => effects.get(rule) ?? []);
        const effect = EFFECTS.find((each) => named.includes(each));
        if (effect) counts[effect] += 1;
      }
      return counts;
    },
  };
}

function gravest({ reasons }: Decision): Map<string, Effect> {
  const effects = new Map<string, Effect>();
  for (const { rule, effect } of reasons) {
    const known = effects.get(rule);
    if (!known || EFFECTS.indexOf(effect) < EFFECTS.indexOf(known)) effects.set(rule, effect);
  }
  return effects;
}
