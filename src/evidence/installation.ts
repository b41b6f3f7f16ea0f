import { LOGGED_TABLE_NAMES, SEALED_TABLES, sealOf, shapeOf } from '../audit/index.js';
import { groupBy } from '../core/collections.js';
import type { KeyRing } from '../core/keys.js';
import { sumFen } from '../core/money.js';
import type { Db } from '../db/store.js';
import { compareAcrossBooks } from './across-books.js';
import { SPENDING_KEYS, SPENDING_MONTH_KEYS } from './compare-spending.js';
import { type Difference, Found, once, same } from './difference.js';

/**
 * What belongs to no single book: invoices that books share, what they say of each other, rows that carry a seal instead of a log entry, and rows
 * that name a book, a fund or an entry that is not there. Null when all agrees.
 */
export async function verifyInstallation(db: Db, keys: KeyRing): Promise<Difference | null> {
  try {
    await compareMasterKey(db, keys);
    await findHomeless(db);
    await compareInvoices(db);
    await compareAcrossBooks(db);
    await compareSealedRows(db, keys);
    return null;
  } catch (thrown) {
    if (!(thrown instanceof Found)) throw thrown;
    return thrown.difference;
  }
}

async function compareMasterKey(db: Db, keys: KeyRing): Promise<void> {
  const rows = await db.selectFrom('installation').selectAll().execute();
  same(
    'installation',
    [1],
    rows.map((row) => row.id),
  );
  same('installation 1 masterKeyId', keys.id, rows[0]?.masterKeyId);
}

/** What rows hang on that verifying a book starts from: a row that hangs on nothing is met in no book. */
const HANGING: readonly (readonly [table: string, key: readonly string[], column: string, on: string])[] = [
  ...LOGGED_TABLE_NAMES.map((table) => {
    const { key, home } = shapeOf(table);
    return [table, key, home, 'book'] as const;
  }),
  ['logEntry', ['logIndex'], 'bookId', 'book'],
  ['claimFund', ['fundId', 'claimId'], 'bookId', 'book'],
  ['claimFund', ['fundId', 'claimId'], 'fundId', 'fund'],
  ['spendingSum', SPENDING_KEYS, 'fundId', 'fund'],
  ['spendingMonth', SPENDING_MONTH_KEYS, 'fundId', 'fund'],
  ['ledgerEntry', ['id'], 'bookId', 'book'],
  ['posting', ['entryId', 'seq'], 'entryId', 'ledgerEntry'],
  ['account', ['fundId', 'layer', 'subject'], 'fundId', 'fund'],
  ['accountDay', ['fundId', 'day', 'layer', 'subject'], 'fundId', 'fund'],
  ['accountMonth', ['fundId', 'layer', 'subject', 'month'], 'fundId', 'fund'],
  ['vaultKey', ['subject'], 'bookId', 'book'],
  ['vaultValue', ['digest'], 'bookId', 'book'],
  ['checkpoint', ['size'], 'bookId', 'book'],
  ['logBlock', ['blockIndex'], 'bookId', 'book'],
];

/** Foreign keys forbid such rows, but nobody who writes into the files past the service is bound by them. */
async function findHomeless(db: Db): Promise<void> {
  for (const [table, key, column, on] of HANGING) {
    // Kysely types a table by its literal name; here the name is a variable, so one table stands for all.
    const row = await db
      .selectFrom(`${table} as row` as 'person as row')
      .leftJoin(`${on} as home` as 'book as home', 'home.id', `row.${column}` as 'row.bookId')
      .selectAll('row')
      .where('home.id', 'is', null)
      .limit(1)
      .executeTakeFirst();
    if (!row) continue;
    const values = row as unknown as Record<string, unknown>;
    const name = key.map((each) => values[each]).join('/');
    same(`${table} ${name} ${column}`, `a ${on}`, `no ${on} ${values[column]}`);
  }
}

async function compareInvoices(db: Db): Promise<void> {
  const invoices = await db.selectFrom('invoice').selectAll().orderBy('number').execute();
  const uses = groupBy(await db.selectFrom('invoiceUse').selectAll().execute(), (use) => use.number);
  for (const { number, identity, faceFen, usedFen } of invoices) {
    const own = uses.get(number) ?? [];
    uses.delete(number);
    if (own.length === 0) same(`invoice ${number}`, 'nothing without a use', 'a row');
    same(`invoice ${number} usedFen`, sumFen(own.map((use) => use.amountFen)).toString(), String(usedFen));
    for (const use of own) {
      same(`invoice ${number} identity`, use.identity, identity);
      same(`invoice ${number} faceFen`, use.faceFen.toString(), String(faceFen));
    }
  }
  for (const number of uses.keys()) same(`invoice ${number}`, 'a row', 'missing');
}

async function compareSealedRows(db: Db, keys: KeyRing): Promise<void> {
  for (const table of SEALED_TABLES) {
    const seen = new Set<string>();
    for (const row of await db.selectFrom(table).selectAll().execute()) {
      const { tokenHash, sha256, id, actorId, key } = row as unknown as Partial<Record<string, string>>;
      const place = `${table} ${tokenHash ?? sha256 ?? id ?? `${actorId} ${key}`}`;
      same(`${place} seal`, sealOf(keys, table, row as never), row.seal);
      once(seen, place);
    }
  }
}
