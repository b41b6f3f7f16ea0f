import type { LogBody } from '../audit/index.js';
import { canonicalJson } from '../core/canonical-json.js';
import type { Db } from '../db/store.js';
import {
  type Decision,
  type PolicyHistory,
  type RecordedCase,
  reviveFacts,
  type Unjudged,
} from '../policy/index.js';

const PAGE = 200;
const MAX_INDEX = 2_147_483_647;

/**
 * The decisions on record of a book, refused cases among them, in the order of its log: from one place in it up to
 * and without another. Facts have their amounts as text.
 */
export async function* loggedDecisions(
  db: Db,
  bookId: string,
  { from = 0, until = MAX_INDEX }: { from?: number; until?: number } = {},
): AsyncGenerator<RecordedCase> {
  for (let next = from; next < until; ) {
    const rows = await db
      .selectFrom('logEntry')
      .select(['logIndex', 'body'])
      .where('bookId', '=', bookId)
      .where('logIndex', '>=', next)
      .where('logIndex', '<', until)
      .where('outcome', 'is not', null)
      .orderBy('logIndex')
      .limit(PAGE)
      .execute();
    for (const { logIndex, body } of rows) {
      const { action, subject, decision, facts } = JSON.parse(body) as LogBody;
      if (!decision || !facts) continue;
      yield { bookId, logIndex, action, subjectId: subject.id, decision, facts } as unknown as RecordedCase;
    }
    if (rows.length < PAGE) return;
    next = (rows.at(-1)?.logIndex as number) + 1;
  }
}

/** A decision that comes out otherwise under its own packs and engine. */
export interface ReplayDifference {
  readonly bookId: string;
  readonly logIndex: number;
  readonly action: string;
  readonly subjectId: string;
  /** Members of the decision that differ: `reasons.2.message`. */
  readonly paths: readonly string[];
}

export interface DecisionReplay {
  readonly decisions: number;
  readonly same: number;
  readonly different: number;
  readonly unjudged: readonly (Unjudged & { readonly count: number })[];
  /** The first of them in the order of the logs. */
  readonly differences: readonly ReplayDifference[];
}

const MAX_DIFFERENCES = 100;
const MAX_PATHS = 20;

/** Makes recorded decisions again, each under its own packs and engine, and compares them to the byte. */
export class DecisionReplayer {
  #decisions = 0;
  #same = 0;
  #different = 0;
  readonly #unjudged = new Map<string, Unjudged & { count: number }>();
  readonly #differences: ReplayDifference[] = [];

  constructor(private readonly history: PolicyHistory) {}

  add({ bookId, logIndex, action, subjectId, decision, facts }: RecordedCase): void {
    this.#decisions += 1;
    const where = { bookId, logIndex, action, subjectId };
    const again = this.#decide(decision, facts);
    if (typeof again === 'string') this.#differ({ ...where, paths: [again] });
    else if ('reason' in again) {
      const key = `${again.reason} ${again.what}`;
      this.#unjudged.set(key, { ...again, count: (this.#unjudged.get(key)?.count ?? 0) + 1 });
    } else {
      const [made, told] = [canonicalJson(again), canonicalJson(decision)];
      if (made === told) this.#same += 1;
      else
        this.#differ({
          ...where,
          paths: differing(JSON.parse(made), JSON.parse(told)).slice(0, MAX_PATHS),
        });
    }
  }

  result(): DecisionReplay {
    return {
      decisions: this.#decisions,
      same: this.#same,
      different: this.#different,
      unjudged: [...this.#unjudged.values()],
      differences: this.#differences,
    };
  }

  /** Facts that contradict themselves are a difference: nothing was ever decided on them. */
  #decide(decision: Decision, facts: unknown): Decision | Unjudged | string {
    try {
      return this.history.decideAgain(decision, reviveFacts(facts));
    } catch (error) {
      return `facts: ${error instanceof Error ? error.message : error}`;
    }
  }

  #differ(difference: ReplayDifference): void {
    this.#different += 1;
    if (this.#differences.length < MAX_DIFFERENCES) this.#differences.push(difference);
  }
}

/** Where two JSON values differ, as paths of the innermost members. */
function differing(one: unknown, other: unknown, path = ''): string[] {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return Object.is(one, other) ? [] : [path];
  const [a, b] = [one as Record<string, unknown>, other as Record<string, unknown>];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
    differing(a[key], b[key], path === '' ? key : `${path}.${key}`),
  );
}
