import { canonicalJson } from '../core/canonical-json.js';
import type { KeyRing } from '../core/keys.js';
import { appendLeaf, frontierFromText, frontierToText, leafHash } from '../core/merkle.js';
import type { Row } from '../db/database.js';
import { prepared } from '../db/prepared.js';
import type { Trx } from '../db/store.js';
import type { AuditEvent, LogBody, LoggedEntry, LoggedRow, LoggedSeal } from './event.js';
import { deleteRow, insertRow, updateRow } from './rows.js';
import { keyOf, type LoggedTable, type NewLoggedRow, shapeOf } from './tables.js';
import { type DataSubject, sealValue } from './vault.js';

/** Who asks, when, and under which request: the same for the web, the API and the command line. */
export interface CommandContext {
  readonly actorId: string;
  readonly requestId: string;
  readonly now: Date;
  /** The caller's Idempotency-Key and the hash of what was asked under it. */
  readonly idempotency: { readonly key: string; readonly requestHash: string } | null;
}

const insertLogEntry = prepared<Row<'logEntry'>>((db, value) =>
  db.insertInto('logEntry').values({
    bookId: value('bookId'),
    logIndex: value('logIndex'),
    leafHash: value('leafHash'),
    body: value('body'),
    recordedAt: value('recordedAt'),
    action: value('action'),
    subjectType: value('subjectType'),
    subjectId: value('subjectId'),
    outcome: value('outcome'),
    actorId: value('actorId'),
  }),
);
const moveHead = prepared<Pick<Row<'book'>, 'id' | 'logSize' | 'logFrontier'>>((db, value) =>
  db
    .updateTable('book')
    .set({ logSize: value('logSize'), logFrontier: value('logFrontier') })
    .where('id', '=', value('id')),
);

/**
 * One command at work on one book, whose row it has locked. Everything that it records carries `logIndex`, the
 * place its log entry will take. Rows of the logged tables are written through it alone, so that the log tells them.
 */
export class Unit {
  readonly #entries: LoggedEntry[] = [];
  readonly #rows: LoggedRow[] = [];
  readonly #seals: LoggedSeal[] = [];
  #isAppended = false;

  constructor(
    readonly keys: KeyRing,
    readonly trx: Trx,
    readonly book: Row<'book'>,
    readonly context: CommandContext,
  ) {}

  get logIndex(): number {
    return this.book.logSize;
  }

  get recordedAt(): string {
    return this.context.now.toISOString();
  }

  /** Called by the ledger for every entry it posts, so that none can be missing from the log. */
  addEntry(entry: LoggedEntry): void {
    this.#entries.push(entry);
  }

  /** Writes a new row and has the log tell it. Every column must be given: none is left to a default. */
  async insert<Table extends LoggedTable>(table: Table, given: NewLoggedRow<Table>): Promise<Row<Table>> {
    const { home, unlogged = [] } = shapeOf(table);
    const row: Record<string, unknown> = { ...given, [home]: this.book.id };
    await insertRow(this.trx, table, row);
    const told = Object.fromEntries(Object.entries(row).filter(([column]) => !unlogged.includes(column)));
    this.#rows.push([table, keyOf(table, row), told]);
    return row as Row<Table>;
  }

  async insertAll<Table extends LoggedTable>(
    table: Table,
    rows: readonly NewLoggedRow<Table>[],
  ): Promise<void> {
    for (const row of rows) await this.insert(table, row);
  }

  /** Changes a row that this book's log tells; gives the row as it is then. */
  async update<Table extends LoggedTable>(
    table: Table,
    row: Row<Table>,
    changes: Partial<Row<Table>>,
  ): Promise<Row<Table>> {
    const before = row as Record<string, unknown>;
    const { home, key } = shapeOf(table);
    if (before[home] !== this.book.id)
      throw new Error(`${table} ${keyOf(table, row)} belongs to another book's log`);
    const changed = Object.fromEntries(
      Object.entries(changes).filter(([column, value]) => before[column] !== value),
    );
    if (Object.keys(changed).length > 0) {
      await updateRow(this.trx, table, key, before, changed);
      this.#rows.push([table, keyOf(table, row), changed]);
    }
    return { ...row, ...changes };
  }

  async remove<Table extends LoggedTable>(table: Table, row: Row<Table>): Promise<void> {
    await deleteRow(this.trx, table, shapeOf(table).key, row as Record<string, unknown>);
    this.#rows.push([table, keyOf(table, row), null]);
  }

  /** Puts a text into the vault; the commitment that it gives is what tables and log hold. */
  async seal(value: string, subject: DataSubject): Promise<string> {
    const sealed = await sealValue(this.trx, this.keys, this.book.id, subject, value);
    this.#seals.push([sealed.slice('sealed:'.length), subject]);
    return sealed;
  }

  /** The same for a text that may be missing. */
  async sealNote(note: string | null, subject: DataSubject): Promise<string | null> {
    return note === null ? null : this.seal(note, subject);
  }

  /** Writes the command's one log entry and moves the book's tree head. Must come last. */
  async append(event: AuditEvent): Promise<{ logIndex: number; leafHash: string }> {
    if (this.#isAppended) throw new Error('a command writes exactly one log entry');
    this.#isAppended = true;
    const { trx, book, logIndex, recordedAt } = this;
    const body: LogBody = {
      v: 2,
      book: book.id,
      index: logIndex,
      at: recordedAt,
      actor: this.context.actorId,
      request: this.context.requestId,
      ...event,
      ...(this.#entries.length > 0 ? { entries: this.#entries } : {}),
      ...(this.#rows.length > 0 ? { rows: this.#rows } : {}),
      ...(this.#seals.length > 0 ? { seals: this.#seals } : {}),
    };
    const text = canonicalJson(body);
    const leaf = leafHash(text);
    await insertLogEntry(trx, {
      bookId: book.id,
      logIndex,
      leafHash: leaf,
      body: text,
      recordedAt,
      action: event.action,
      subjectType: event.subject.type,
      subjectId: event.subject.id,
      actorId: body.actor,
      outcome: event.refusal ? `refused:${event.refusal.code}` : (event.decision?.outcome ?? null),
    });
    const frontier = appendLeaf(frontierFromText(book.logFrontier), book.logSize, leaf);
    await moveHead(trx, { id: book.id, logSize: logIndex + 1, logFrontier: frontierToText(frontier) });
    return { logIndex, leafHash: leaf };
  }

  get isAppended(): boolean {
    return this.#isAppended;
  }
}
