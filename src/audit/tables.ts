import type { Database, Row } from '../db/database.js';

/**
 * The tables whose every row a book's log tells from the first to the last change: how a row is named in the log, and
 * which column says whose log tells it. `Unit` writes them and nothing else does; `verify` compares them.
 */
export const LOGGED_TABLES = {
  book: { key: ['id'], home: 'registeredIn', unlogged: ['logSize', 'logFrontier'] },
  organisation: { key: ['id'], home: 'registeredIn' },
  person: { key: ['id'], home: 'bookId' },
  roleGrant: { key: ['id'], home: 'bookId' },
  apiToken: { key: ['id'], home: 'bookId' },
  sanction: { key: ['id'], home: 'bookId' },
  fund: { key: ['id'], home: 'bookId' },
  period: { key: ['bookId', 'month'], home: 'bookId' },
  fundDocument: { key: ['id'], home: 'bookId' },
  consent: { key: ['id'], home: 'bookId' },
  expenditureBase: { key: ['id'], home: 'bookId' },
  reliefTrueUp: { key: ['id'], home: 'bookId' },
  reliefResolution: { key: ['id'], home: 'bookId' },
  allotment: { key: ['id'], home: 'bookId' },
  allotmentItem: { key: ['id'], home: 'bookId' },
  disbursement: { key: ['id'], home: 'bookId' },
  intake: { key: ['id'], home: 'bookId' },
  acknowledgement: { key: ['disbursementId'], home: 'bookId' },
  statedFigure: { key: ['id'], home: 'bookId' },
  figureExplanation: { key: ['id'], home: 'bookId' },
  differenceNote: { key: ['id'], home: 'bookId' },
  attachment: { key: ['id'], home: 'bookId' },
  invoiceUse: { key: ['bookId', 'ownerId', 'number'], home: 'bookId' },
  contract: { key: ['id'], home: 'bookId' },
  contractEvidence: { key: ['id'], home: 'bookId' },
  evaluation: { key: ['id'], home: 'bookId' },
  claim: { key: ['id'], home: 'bookId' },
  spendingLine: { key: ['id'], home: 'bookId' },
  payment: { key: ['id'], home: 'bookId' },
  providerReport: { key: ['id'], home: 'bookId' },
  waiver: { key: ['id'], home: 'bookId' },
  waiverUse: { key: ['waiverId', 'subjectId'], home: 'bookId' },
  procedureRecord: { key: ['id'], home: 'bookId' },
  signingKey: { key: ['id'], home: 'bookId' },
  witness: { key: ['id'], home: 'bookId' },
  cosignature: { key: ['id'], home: 'bookId' },
  timestamp: { key: ['id'], home: 'bookId' },
} as const satisfies Partial<Record<keyof Database, LoggedTableShape>>;

interface LoggedTableShape {
  readonly key: readonly string[];
  readonly home: 'bookId' | 'registeredIn';
  /** Columns that the log tells in another way. */
  readonly unlogged?: readonly string[];
}
export type LoggedTable = keyof typeof LOGGED_TABLES;
export const LOGGED_TABLE_NAMES = Object.keys(LOGGED_TABLES) as readonly LoggedTable[];

export const shapeOf = (table: LoggedTable): LoggedTableShape => LOGGED_TABLES[table];

/** How the log names a row: the columns of its key, joined by "/". */
export const keyOf = (table: LoggedTable, row: object): string =>
  shapeOf(table)
    .key.map((column) => (row as Record<string, unknown>)[column])
    .join('/');

/** A row to be written; `Unit` says whose log tells it. */
export type NewLoggedRow<Table extends LoggedTable> = Omit<
  Row<Table>,
  (typeof LOGGED_TABLES)[Table]['home']
> &
  Partial<Row<Table>>;
