import type { Unit } from '../audit/index.js';
import { refuse } from '../core/errors.js';
import { type Layer, pool } from './layers.js';
import { type Entry, type Posting, post } from './post.js';

/** The postings of an entry as they were made. */
export async function postingsOf(unit: Unit, entryId: string): Promise<Posting[]> {
  const rows = await unit.trx
    .selectFrom('posting')
    .selectAll()
    .where('entryId', '=', entryId)
    .orderBy('seq')
    .execute();
  return rows.map((row) => ({
    fundId: row.fundId,
    from: pool(row.fromLayer as Layer, row.fromSubject),
    to: pool(row.toLayer as Layer, row.toSubject),
    amountFen: row.amountFen,
  }));
}

/**
 * 冲红: posts the exact opposite of an entry and names it. An entry can be reversed once.
 * @throws DomainError `already_reversed`, and what `post` throws.
 */
export async function reverseEntry(
  unit: Unit,
  entryId: string,
  entry: Omit<Entry, 'postings' | 'reversesId'>,
): Promise<string> {
  const earlier = await unit.trx
    .selectFrom('ledgerEntry')
    .select('id')
    .where('reversesId', '=', entryId)
    .executeTakeFirst();
  if (earlier) throw refuse('already_reversed', '这笔记录已经冲红，不能重复冲红');
  const postings = (await postingsOf(unit, entryId)).map(({ from, to, ...rest }) => ({
    ...rest,
    from: to,
    to: from,
  }));
  return post(unit, { ...entry, reversesId: entryId, postings: postings.reverse() });
}
