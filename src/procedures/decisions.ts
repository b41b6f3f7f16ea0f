import { chunksOf } from '../core/collections.js';
import type { Db } from '../db/store.js';
import { type Decision, type Effect, GRAVITY, type Reason } from '../policy/index.js';
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

/** What one rule found, as reports and statistics count it; one object for all decisions that say the same. */
export type Finding = Pick<Reason, 'rule' | 'clause' | 'effect' | 'documentNo' | 'quotation'>;
export interface Found {
  readonly subjectId: string;
  /** Null: an entry without a decision. */
  readonly findings: readonly Finding[] | null;
}

/** Entries of which the findings are remembered; each costs some hundred bytes. */
const MAX_REMEMBERED = 50_000;

/**
 * Findings of entries that were opened: an entry never changes, and opening thousands again at every look costs more than
 * all else of a page. Whether somebody tampered with one is for `verify` to say, which remembers nothing.
 */
class Remembered {
  readonly #found = new Map<string, Found>();
  readonly #findings = new Map<string, Finding>();

  get(key: string): Found | undefined {
    return this.#found.get(key);
  }

  /** Makes room by forgetting what was remembered first. */
  keep(key: string, subjectId: string, decision: Decision | undefined): Found {
    const found = { subjectId, findings: decision?.reasons.map((reason) => this.#one(reason)) ?? null };
    if (this.#found.size >= MAX_REMEMBERED) this.#found.delete(this.#found.keys().next().value as string);
    this.#found.set(key, found);
    return found;
  }

  #one({ rule, clause, effect, documentNo, quotation }: Reason): Finding {
    const key = [rule, clause, effect, documentNo, quotation].join('\n');
    const known = this.#findings.get(key);
    if (known) return known;
    const finding = { rule, clause, effect, documentNo, quotation };
    this.#findings.set(key, finding);
    return finding;
  }
}
const remembered = new WeakMap<Db, Remembered>();

/** What the newest decisions of some outcomes found within a range, at most `MAX_DECISIONS`; `isComplete`: there are no others. */
export async function newestDecisions(
  db: Db,
  bookId: string,
  range: LogRange,
  outcomes: readonly string[],
): Promise<{ decisions: { subjectId: string; findings: readonly Finding[] }[]; isComplete: boolean }> {
  const places: number[] = [];
  let { first } = range;
  for (const outcome of outcomes) {
    const found = await indexesOf(db, bookId, outcome, { first, end: range.end });
    for (const { logIndex } of found) places.push(logIndex);
    // Where one outcome fills all that is read, older ones of the others are left alone.
    if (found.length > MAX_DECISIONS) first = found.at(-1)?.logIndex ?? first;
  }
  const indexes = places.sort((a, b) => b - a).slice(0, MAX_DECISIONS);
  const memory = remembered.get(db) ?? new Remembered();
  remembered.set(db, memory);
  const found = new Map(indexes.map((index) => [index, memory.get(`${bookId}/${index}`)]));
  const unopened = indexes.filter((index) => !found.get(index));
  for (const some of chunksOf(unopened, PAGE)) {
    const entries = await db
      .selectFrom('logEntry')
      .select(['logIndex', 'body', 'subjectId'])
      .where('bookId', '=', bookId)
      .where('logIndex', 'in', some)
      .execute();
    for (const { logIndex, body, subjectId } of entries) {
      const { decision } = JSON.parse(body) as { decision?: Decision };
      found.set(logIndex, memory.keep(`${bookId}/${logIndex}`, subjectId, decision));
    }
  }
  const decisions = [...found.values()].flatMap((one) =>
    one?.findings ? [{ subjectId: one.subjectId, findings: one.findings }] : [],
  );
  return { decisions, isComplete: places.length <= MAX_DECISIONS };
}

/** Reads the newest decisions of the year, at most `MAX_DECISIONS`, and counts what rules they name. */
export async function countDecisions(db: Db, { bookId }: Span, range: LogRange): Promise<RuleCounts> {
  const { decisions, isComplete } = await newestDecisions(db, bookId, range, DECIDED);
  /** Of each rule, the decisions that name it, by their place, with its gravest effect there. */
  const named = new Map<string, Map<number, Effect>>();
  for (const [place, { findings }] of decisions.entries())
    for (const { rule, effect } of findings) {
      const effects = named.get(rule) ?? new Map<number, Effect>();
      named.set(rule, effects);
      effects.set(place, graver(effects.get(place), effect));
    }
  return {
    counted: decisions.length,
    isComplete,
    of(rules) {
      const gravest = new Map<number, Effect>();
      for (const rule of rules)
        for (const [place, effect] of named.get(rule) ?? [])
          gravest.set(place, graver(gravest.get(place), effect));
      const counts: EffectCounts = { block: 0, review: 0, warn: 0, pass: 0 };
      for (const effect of gravest.values()) counts[effect] += 1;
      return counts;
    },
  };
}

const graver = (known: Effect | undefined, effect: Effect): Effect =>
  known === undefined || GRAVITY[effect] > GRAVITY[known] ? effect : known;
