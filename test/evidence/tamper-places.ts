import { LOGGED_TABLE_NAMES, type LoggedTable, SEALED_TABLES, shapeOf } from '../../src/audit/index.js';
import { SPENDING_KEYS, SPENDING_MONTH_KEYS } from '../../src/evidence/compare-spending.js';
import type { Table } from './tamper-guards.js';
import type { Values } from './tamper-rows.js';

/** What places need to know of the rest of the database. */
export interface Surroundings {
  /** fund → book, ledger entry → book */
  readonly bookOf: ReadonlyMap<string, string>;
  /** `book subject` → digests of the values that its key protects */
  readonly digestsOf: ReadonlyMap<string, readonly string[]>;
}

/** The books whose verification is to find a change of the row; none for what belongs to no single book. */
export function booksOf(table: string, row: Values, { bookOf }: Surroundings): string[] {
  if ((SEALED_TABLES as readonly string[]).includes(table)) return [];
  const own = (row['bookId'] ?? row['registeredIn']) as string | undefined;
  if (table === 'book') return [own as string, row['id'] as string];
  if (own !== undefined) return [own];
  const isOfFund = table.startsWith('account') || table === 'spendingSum' || table === 'spendingMonth';
  const fund = isOfFund ? bookOf.get(row['fundId'] as string) : undefined;
  const entry = table === 'posting' ? bookOf.get(row['entryId'] as string) : undefined;
  return [fund ?? entry].filter((book) => book !== undefined);
}

const escaped = (text: unknown) => String(text).replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const oneOf = (texts: readonly unknown[]) => `(${texts.map(escaped).join('|')})`;

const isLogged = (name: string): name is LoggedTable =>
  (LOGGED_TABLE_NAMES as readonly string[]).includes(name);

/**
 * Where verification must say that the rows (as they were, and as they became) were tampered with: for a column of a row
 * that a log tells, in its very column; otherwise in the row, however its table is named in places.
 */
export function placeOf(
  table: Table,
  rows: readonly Values[],
  surroundings: Surroundings,
  column: string | null = null,
): RegExp {
  const { name, key } = table;
  const joined = (columns: readonly string[]) =>
    rows.map((row) => columns.map((each) => row[each]).join('/'));
  const own = () => {
    if (name === 'book' && (column === 'logSize' || column === 'logFrontier')) return `book ${column}`;
    if (isLogged(name)) {
      const { home } = shapeOf(name);
      const names = oneOf(joined(key));
      const isMoved = column === null || column === home || key.includes(column);
      if (!isMoved) return `${name} ${names} ${column}`;
      // A book is also the head of its log, and what others name.
      return name === 'book'
        ? `book ${names}( \\w+)?|book logSize|\\w+ .* (registeredIn|bookId)`
        : `${name} ${names}( \\w+)?`;
    }
    return OTHER_PLACES[name]?.(rows, joined, surroundings) ?? 'no place of this table is known';
  };
  return new RegExp(`^(${own()})$`);
}

type PlaceOfRows = (
  rows: readonly Values[],
  joined: (columns: readonly string[]) => string[],
  surroundings: Surroundings,
) => string;

const bySeal =
  (name: string, ...key: string[]): PlaceOfRows =>
  (rows) =>
    `${name} ${oneOf(rows.map((row) => key.map((column) => row[column]).join(' ')))}( seal)?`;

/** How places name tables whose rows no log tells as rows. */
const OTHER_PLACES: Readonly<Record<string, PlaceOfRows>> = {
  // A missing entry shows in the next one, which then stands at the wrong place, or at the end of the log.
  logEntry: (rows) => {
    const indexes = rows.map((row) => row['logIndex'] as number);
    return `logEntry ${oneOf([...indexes, ...indexes.map((index) => index + 1)])}( \\w+)?|book logSize`;
  },
  ledgerEntry: (_, joined) => `ledgerEntry ${oneOf(joined(['id']))}( \\w+)?`,
  posting: (_, joined) => `posting ${oneOf(joined(['entryId']))}/\\d+( \\w+)?`,
  claimFund: (_, joined) => `claimFund ${oneOf(joined(['fundId', 'claimId']))}( \\w+)?`,
  spendingSum: (_, joined) => `spendingSum ${oneOf(joined(SPENDING_KEYS))}( \\w+)?`,
  spendingMonth: (_, joined) => `spendingMonth ${oneOf(joined(SPENDING_MONTH_KEYS))}( \\w+)?`,
  account: (_, joined) => `account ${oneOf(joined(['fundId', 'layer', 'subject']))}( \\w+)?`,
  accountDay: (_, joined) => `accountDay ${oneOf(joined(['fundId', 'day', 'layer', 'subject']))}( \\w+)?`,
  accountMonth: (_, joined) =>
    `accountMonth ${oneOf(joined(['fundId', 'layer', 'subject', 'month']))}( \\w+)?`,
  vaultValue: (_, joined) => `vaultValue ${oneOf(joined(['digest']))}( \\w+)?`,
  // A key that is gone or wrong shows in what it should open.
  vaultKey: (rows, joined, { digestsOf }) => {
    const digests = rows.flatMap((row) => digestsOf.get(`${row['bookId']} ${row['subject']}`) ?? []);
    return `vaultValue ${oneOf(digests)}( ciphertext)?|vaultKey ${oneOf(joined(['subject']))}( bookId)?`;
  },
  checkpoint: (_, joined) => `checkpoint ${oneOf(joined(['size']))}( \\w+)?`,
  logBlock: (_, joined) => `logBlock ${oneOf(joined(['blockIndex']))}( \\w+)?`,
  invoice: (_, joined) => `invoice ${oneOf(joined(['number']))}( \\w+)?`,
  installation: () => 'installation( 1 masterKeyId)?',
  session: bySeal('session', 'tokenHash'),
  setupLink: bySeal('setupLink', 'tokenHash'),
  idempotency: bySeal('idempotency', 'actorId', 'key'),
  job: bySeal('job', 'id'),
  policyPack: bySeal('policyPack', 'sha256'),
  policyPackSet: bySeal('policyPackSet', 'sha256'),
  unfinishedClaim: bySeal('unfinishedClaim', 'id'),
  savedFilter: bySeal('savedFilter', 'id'),
};
