import type { KeyRing } from '../../core/keys.js';
import type { Row } from '../../db/database.js';
import type { Db } from '../../db/store.js';
import type { PackSet } from '../../policy/index.js';
import type { Scope } from './scope.js';

/** What everything in a package is read from: one unchanging state of the database, and what is chosen of it. */
export interface PackageSource {
  readonly db: Db;
  readonly keys: KeyRing;
  readonly packs: PackSet;
  readonly bookId: string;
  readonly divisionCode: string;
  readonly checkpoint: Row<'checkpoint'>;
  readonly scope: Scope;
  readonly isRedacted: boolean;
  readonly now: Date;
  readonly fundNames: ReadonlyMap<string, Pick<Row<'fund'>, 'name' | 'documentNo'>>;
  /** What an account's subject is, where it has a name: a station, a bureau, a contract by its number. */
  readonly subjectNames: ReadonlyMap<string, string>;
}

export async function fundNamesOf(db: Db, bookId: string): Promise<PackageSource['fundNames']> {
  const rows = await db
    .selectFrom('fund')
    .select(['id', 'name', 'documentNo'])
    .where('bookId', '=', bookId)
    .execute();
  return new Map(rows.map(({ id, ...fund }) => [id, fund]));
}

export async function subjectNamesOf(db: Db, bookId: string): Promise<ReadonlyMap<string, string>> {
  const organisations = await db
    .selectFrom('account')
    .innerJoin('fund', 'fund.id', 'account.fundId')
    .innerJoin('organisation', 'organisation.id', 'account.subject')
    .select(['organisation.id', 'organisation.name'])
    .distinct()
    .where('fund.bookId', '=', bookId)
    .where('organisation.kind', '<>', 'donor')
    .execute();
  const contracts = await db
    .selectFrom('contract')
    .select(['id', 'contractNo as name'])
    .where('bookId', '=', bookId)
    .execute();
  return new Map([...organisations, ...contracts].map(({ id, name }) => [id, name]));
}
