import { SEALED_TABLES, sealOf, shapeOf } from '../audit/index.js';
import { groupBy } from '../core/collections.js';
import type { KeyRing } from '../core/keys.js';
import { sumFen } from '../core/money.js';
import type { Db } from '../db/store.js';
import { type Difference, Found, same } from './difference.js';

/**
 * What belongs to no single book: invoices that books share, rows that carry a seal instead of a log entry, and rows
 * that name a book that is not there. Null when all agrees.
 */
export async function verifyInstallation(db: Db, keys: KeyRing): Promise<Difference | null> {
  try {
    await compareMasterKey(db, keys);
    await compareHomes(db);
    await compareInvoices(db);
    await compareSealedRows(db, keys);
    return null;
  } catch (thrown) {
    if (!(thrown instanceof Found)) throw thrown;
    return thrown.difference;
  }
}

async function compareMasterKey(db: Db, keys: KeyRing): Promise<void> {
  const rows = await db.selectFrom('installation').selectAll().execute();
  same('installation', 1, rows.length);
  same('installation 1 masterKeyId', keys.id, rows[0]?.masterKeyId);
}

/** Rows of the two tables whose home no foreign key guards. */
async function compareHomes(db: Db): Promise<void> {
  for (const table of ['organisation', 'book'] as const) {
    const { home } = shapeOf(table);
    const stray = await db
      .selectFrom(table)
      .leftJoin('book as home', 'home.id', `${table}.registeredIn`)
      .select(`${table}.id as id`)
      .where('home.id', 'is', null)
      .limit(1)
      .executeTakeFirst();
    if (stray) same(`${table} ${stray.id} ${home}`, 'a book', 'none');
  }
}

async function compareInvoices(db: Db): Promise<void> {
  const invoices = await db.selectFrom('invoice').selectAll().orderBy('number').execute();
  const uses = groupBy(await db.selectFrom('invoiceUse').selectAll().execute(), (use) => use.number);
  for (const { number, identity, faceFen, usedFen } of invoices) {
    const own = uses.get(number) ?? [];
    uses.delete(number);
    if (own.length === 0) same(`invoice ${number}`, 'nothing without a use', 'a row');
    same(`invoice ${number} usedFen`, sumFen(own.map((use) => use.amountFen)).toString(), usedFen.toString());
    for (const use of own) {
      same(`invoice ${number} identity`, use.identity, identity);
      same(`invoice ${number} faceFen`, use.faceFen.toString(), faceFen.toString());
    }
  }
  for (const number of uses.keys()) same(`invoice ${number}`, 'a row', 'missing');
}

async function compareSealedRows(db: Db, keys: KeyRing): Promise<void> {
  for (const table of SEALED_TABLES) {
    for (const row of await db.selectFrom(table).selectAll().execute()) {
      const { tokenHash, actorId, key } = row as unknown as Partial<Record<string, string>>;
      same(`${table} ${tokenHash ?? `${actorId} ${key}`} seal`, sealOf(keys, table, row as never), row.seal);
    }
  }
}
