import type { Store } from '../db/store.js';
import { demandBookRead } from '../ledger/index.js';
import type { Actor } from '../organisations/index.js';
import { clauseCoverage, type PackSet, type Reason } from '../policy/index.js';
import { logRange, newestDecisions } from '../procedures/index.js';
import { REFUSED, waivedCases } from './cases.repository.js';
import type { ClauseStatistics } from './refusals.schema.js';

interface Tally {
  readonly documentNo: string;
  readonly quotation: string;
  readonly blocked: Set<string>;
  readonly reviewed: Set<string>;
  readonly waived: Set<string>;
}

/**
 * Which clauses stopped how many cases of the year: of the newest 5,000 decisions that blocked or asked for a person,
 * each case once for a clause and an effect; and every case that passed under an exception.
 * @throws DomainError `not_found`
 */
export async function clauseStatistics(
  store: Store,
  packs: PackSet,
  actor: Actor,
  bookId: string,
  { year }: { readonly year: number },
): Promise<ClauseStatistics> {
  const db = store.read;
  await demandBookRead(db, actor, bookId);
  const range = await logRange(db, { bookId, year });
  const { decisions, isComplete } = await newestDecisions(db, bookId, range, [...REFUSED, 'review']);
  const tallies = new Map<string, Tally>();
  const tallyOf = (clause: string, said: Pick<Reason, 'documentNo' | 'quotation'>): Tally => {
    const known = tallies.get(clause);
    if (known) return known;
    const { documentNo, quotation } = said;
    const tally = {
      documentNo,
      quotation,
      blocked: new Set<string>(),
      reviewed: new Set<string>(),
      waived: new Set<string>(),
    };
    tallies.set(clause, tally);
    return tally;
  };
  for (const { subjectId, findings } of decisions)
    for (const reason of findings) {
      if (reason.effect === 'block') tallyOf(reason.clause, reason).blocked.add(subjectId);
      if (reason.effect === 'review') tallyOf(reason.clause, reason).reviewed.add(subjectId);
    }
  const uses = await waivedCases(db, [bookId], year, range)
    .select(['waiverUse.subjectId', 'waiver.clause'])
    .execute();
  const texts = new Map(clauseCoverage(packs).map((row) => [row.clause, row]));
  for (const { subjectId, clause } of uses)
    tallyOf(clause, texts.get(clause) ?? { documentNo: '', quotation: '' }).waived.add(subjectId);
  const items = [...tallies].map(([clause, { blocked, reviewed, waived, ...said }]) => ({
    clause,
    ...said,
    blocked: blocked.size,
    reviewed: reviewed.size,
    waived: waived.size,
  }));
  const weight = (item: (typeof items)[number]) => item.blocked + item.reviewed + item.waived;
  items.sort((a, b) => weight(b) - weight(a) || (a.clause < b.clause ? -1 : 1));
  return { year, decisionsCounted: decisions.length, isCountComplete: isComplete, items };
}
