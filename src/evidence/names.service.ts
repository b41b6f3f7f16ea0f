import type { Store } from '../db/store.js';
import { demandBookRead } from '../ledger/index.js';
import { type Actor, type Names, organisationNames, personNames } from '../organisations/index.js';

/** What one request asks for at most: ids of a log entry's rows and postings. */
const MOST = 1000;

/**
 * Names of what a log entry mentions by id: units, people, funds by their 文号, contracts by their number, claims by their
 * title. What is of another book is not named.
 * @throws DomainError `not_found`
 */
export async function namesInBook(
  store: Store,
  actor: Actor,
  bookId: string,
  mentioned: Iterable<string>,
): Promise<Names> {
  const db = store.read;
  await demandBookRead(db, actor, bookId);
  const ids = [...new Set(mentioned)].filter((id) => id !== '').slice(0, MOST);
  if (ids.length === 0) return {};
  const titled = await db
    .selectFrom('fund')
    .select(['id', 'documentNo as name'])
    .where('bookId', '=', bookId)
    .where('id', 'in', ids)
    .unionAll(
      db
        .selectFrom('contract')
        .select(['id', 'contractNo as name'])
        .where('bookId', '=', bookId)
        .where('id', 'in', ids),
    )
    .unionAll(
      db
        .selectFrom('claim')
        .select(['id', 'title as name'])
        .where('bookId', '=', bookId)
        .where('id', 'in', ids),
    )
    .execute();
  return {
    ...(await organisationNames(db, ids)),
    ...(await personNames(db, ids)),
    ...Object.fromEntries(titled.map(({ id, name }) => [id, name])),
  };
}
